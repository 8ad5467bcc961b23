package dev.latchkey.admin.signin;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** A person who administers; their password only as a slow hash. */
@Entity
@Table(name = "admin_user")
public class AdminUser {

  @Id
  @Column(name = "name")
  private String name;

  @Column(name = "password_hash")
  private String passwordHash;

  @Enumerated(EnumType.STRING)
  @Column(name = "role")
  private Role role;

  @Column(name = "must_change_password")
  private boolean mustChangePassword;

  @Column(name = "created_at", updatable = false)
  private Instant createdAt;

  @Column(name = "second_factor")
  private @Nullable String secondFactor;

  @Column(name = "second_factor_on")
  private boolean secondFactorOn;

  @Column(name = "second_factor_step")
  private long secondFactorStep;

  @Column(name = "recovery_codes")
  private String recoveryCodes;

  @Version
  @Column(name = "version")
  private long version;

  /** For Jakarta Persistence. */
  @SuppressWarnings("NullAway") // fields are filled in by the provider
  protected AdminUser() {}

  AdminUser(String name, String passwordHash, Role role, boolean mustChange, Instant createdAt) {
    this.name = name;
    this.passwordHash = passwordHash;
    this.role = role;
    this.mustChangePassword = mustChange;
    this.createdAt = createdAt;
    this.recoveryCodes = RecoveryCodes.NONE.text();
  }

  String name() {
    return name;
  }

  String passwordHash() {
    return passwordHash;
  }

  Role role() {
    return role;
  }

  /** Whether the password is still the one that {@code earlier} had. */
  boolean hasPasswordOf(AdminUser earlier) {
    return passwordHash.equals(earlier.passwordHash);
  }

  boolean mustChangePassword() {
    return mustChangePassword;
  }

  Instant createdAt() {
    return createdAt;
  }

  /** Whether signing in takes a code besides the password. */
  boolean secondFactorOn() {
    return secondFactorOn;
  }

  /** How many recovery codes are left. */
  int recoveryCodesLeft() {
    return RecoveryCodes.ofText(recoveryCodes).left();
  }

  /** Offers an authenticator's secret, which counts from {@link #confirm} on. */
  void offer(Totp totp) {
    this.secondFactor = totp.text();
    this.secondFactorOn = false;
    this.secondFactorStep = 0;
    this.recoveryCodes = RecoveryCodes.NONE.text();
  }

  /**
   * Turns the offered authenticator on when the code is one of its.
   *
   * @param codes that take its place when it is lost
   * @return whether it is on
   */
  boolean confirm(String code, Instant now, RecoveryCodes codes) {
    if (secondFactorOn || !takeTotp(code, now)) {
      return false;
    }
    this.secondFactorOn = true;
    this.recoveryCodes = codes.text();
    return true;
  }

  /**
   * Uses up a code, of the authenticator or one of the recovery codes.
   *
   * @return whether it was right; then it is so this once
   */
  boolean takeCode(String code, Instant now) {
    if (!secondFactorOn) {
      return false;
    }
    if (takeTotp(code, now)) {
      return true;
    }
    Optional<RecoveryCodes> left = RecoveryCodes.ofText(recoveryCodes).without(code);
    left.ifPresent(codes -> recoveryCodes = codes.text());
    return left.isPresent();
  }

  private boolean takeTotp(String code, Instant now) {
    String secret = secondFactor;
    OptionalLong step =
        secret == null
            ? OptionalLong.empty()
            : Totp.of(secret).stepOf(code.replace(" ", ""), now, secondFactorStep);
    step.ifPresent(used -> secondFactorStep = used);
    return step.isPresent();
  }

  /** From now on the password is enough. */
  void withoutSecondFactor() {
    this.secondFactor = null;
    this.secondFactorOn = false;
    this.secondFactorStep = 0;
    this.recoveryCodes = RecoveryCodes.NONE.text();
  }

  void role(Role newRole) {
    this.role = newRole;
  }

  void password(String newHash, boolean mustChange) {
    this.passwordHash = newHash;
    this.mustChangePassword = mustChange;
  }

  @Override
  public String toString() {
    return "AdminUser[" + name + "]";
  }
}
