package dev.latchkey.admin.signin;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.time.Instant;

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
