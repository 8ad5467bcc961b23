package dev.latchkey.core.administer;

import dev.latchkey.core.feed.Change;
import dev.latchkey.core.thirdparty.ClientSecret;
import dev.latchkey.core.thirdparty.NameKey;
import dev.latchkey.core.thirdparty.ThirdParty;
import dev.latchkey.core.token.Base62;
import dev.latchkey.core.token.TokenHash;
import jakarta.persistence.EntityManager;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Registers third parties and looks after them. Thread-safe. */
public final class ThirdPartyAdministration {

  private static final int ID_LENGTH = 12;

  private static final int LONGEST_KEY = 600;

  // 43 digits of base62 are at least 256 bits.
  private static final int SECRET_LENGTH = 43;

  private final Commands commands;
  private final SecureRandom random;
  private final String secretPrefix;

  ThirdPartyAdministration(Commands commands, SecureRandom random, String tokenPrefix) {
    this.commands = commands;
    this.random = random;
    this.secretPrefix = tokenPrefix + "s_";
  }

  /**
   * Registers a third party.
   *
   * @return the third party, and its client secret
   * @throws InvalidInputException when the draft is not allowed
   * @throws NotAllowedException when the actor may not grant one of its scopes
   * @throws ConflictException when the name is taken
   * @throws IdempotencyMismatchException when the key was used for another request
   */
  public Created<ThirdPartyView> create(
      Actor actor, ThirdPartyDraft draft, @Nullable IdempotencyKey key) {
    return commands.carryOut(
        actor,
        command -> {
          IdempotencyRow earlier = command.earlier(key);
          if (earlier != null) {
            return new Created<>(view(command.em(), earlier.resourceId(), command.now()), null);
          }
          check(draft, null);
          GrantRule.check(actor, draft.scopes());
          String id = Base62.random(random, ID_LENGTH);
          refuseTakenName(command.em(), draft.name(), id);
          ThirdParty party =
              new ThirdParty(
                  id,
                  draft.name(),
                  draft.enabled(),
                  draft.authorization(),
                  command.now(),
                  actor.name());
          draft.applyTo(party);
          command.em().persist(party);
          String secret = newSecret(command, id, actor.name());
          command.remember(key, id, id);
          command.did("third-party.create", id, null, described(draft));
          command.em().flush();
          return new Created<>(ThirdPartyView.of(party, 0), secret);
        });
  }

  /** Third parties by name. */
  public Page<ThirdPartyView> list(ThirdPartyFilter filter, PageRequest page) {
    Instant now = commands.now();
    return commands.read(
        em -> {
          List<ThirdParty> parties =
              criteria(filter, page, now)
                  .list(
                      em,
                      "select p from ThirdParty p",
                      "p.nameKey",
                      ThirdParty.class,
                      page.limit() + 1);
          Map<String, Long> active =
              activeTokens(em, parties.stream().map(ThirdParty::id).toList(), now);
          return page.page(parties, ThirdParty::nameKey, party -> view(party, active));
        });
  }

  /**
   * One third party.
   *
   * @throws NotFoundException when there is none of this id
   */
  public ThirdPartyView get(String id) {
    return commands.read(em -> view(em, id, commands.now()));
  }

  /**
   * Changes a third party. Disabling it stops all its tokens everywhere.
   *
   * @param expectedVersion the version that the caller has seen; null for whatever it is
   * @param patch from what is to what shall be; may be called more than once
   * @throws InvalidInputException when what shall be is not allowed
   * @throws NotAllowedException when it gives access that the actor may not grant
   * @throws NotFoundException when there is none of this id
   * @throws ConflictException when the name is taken
   * @throws StaleVersionException when it has another version
   */
  public ThirdPartyView change(
      Actor actor,
      String id,
      @Nullable Long expectedVersion,
      UnaryOperator<ThirdPartyDraft> patch) {
    return commands.carryOut(
        actor,
        command -> {
          ThirdParty party = found(command.em(), id);
          requireVersion(party.version(), expectedVersion);
          ThirdPartyDraft before = ThirdPartyDraft.of(party);
          ThirdPartyDraft after = patch.apply(before);
          if (!after.equals(before)) {
            check(after, before);
            GrantRule.check(actor, before, after);
            if (!after.name().equals(before.name())) {
              refuseTakenName(command.em(), after.name(), id);
            }
            after.applyTo(party);
            if (after.invalidates(before)) {
              command.changed(Change.ofThirdParty(id));
            }
            command.did(action(before, after), id, null, difference(before, after));
            command.em().flush();
          }
          return view(command.em(), id, command.now());
        });
  }

  /**
   * Deletes a disabled third party with its tokens and client secrets. The audit trail stays.
   *
   * @param expectedVersion the version that the caller has seen; null for whatever it is
   * @throws NotFoundException when there is none of this id
   * @throws ConflictException when it is enabled
   * @throws StaleVersionException when it has another version
   */
  public void delete(Actor actor, String id, @Nullable Long expectedVersion) {
    commands.<Boolean>carryOut(
        actor,
        command -> {
          EntityManager em = command.em();
          ThirdParty party = found(em, id);
          requireVersion(party.version(), expectedVersion);
          if (party.enabled()) {
            throw new ConflictException("an enabled third party is not deleted: disable it first");
          }
          String name = party.name();
          for (String statement :
              List.of(
                  "delete from TokenUsage u where u.id.tokenId in"
                      + " (select t.id from AccessToken t where t.thirdPartyId = :id)",
                  "delete from AccessToken t where t.thirdPartyId = :id",
                  "delete from ClientSecret s where s.thirdPartyId = :id",
                  "delete from Handover h where h.thirdPartyId = :id")) {
            em.createQuery(statement).setParameter("id", id).executeUpdate();
          }
          Withdrawal.ofLinks(command, GrantRule.actorOf(id));
          em.remove(party);
          command.changed(Change.ofThirdParty(id));
          command.did("third-party.delete", id, null, Map.of("name", name));
          return true;
        });
  }

  /**
   * Gives a third party a new client secret.
   *
   * @param overlap how long the one before still works; nothing for not at all
   * @return the third party, and the new secret
   * @throws InvalidInputException when the overlap is negative or more than a year
   * @throws NotAllowedException when the actor may not grant one of the third party's scopes
   * @throws NotFoundException when there is none of this id
   * @throws IdempotencyMismatchException when the key was used for another request
   */
  public Created<ThirdPartyView> rotateClientSecret(
      Actor actor, String id, Duration overlap, @Nullable IdempotencyKey key) {
    Overlap.check(overlap);
    return commands.carryOut(
        actor,
        command -> {
          EntityManager em = command.em();
          ThirdParty party = found(em, id);
          if (command.earlier(key) != null) {
            return new Created<>(view(em, id, command.now()), null);
          }
          GrantRule.check(actor, party.scopes());
          String secret = rotate(command, id, overlap, actor.name());
          command.remember(key, id, id);
          return new Created<>(view(em, id, command.now()), secret);
        });
  }

  /**
   * Gives a third party a new client secret as a part of a command.
   *
   * @param createdBy whom it is shown to, or whose link shows it
   * @return the secret
   */
  String rotate(Command command, String id, Duration overlap, String createdBy) {
    EntityManager em = command.em();
    Instant end = command.now().plus(overlap);
    em.createQuery("select s from ClientSecret s where s.thirdPartyId = :id", ClientSecret.class)
        .setParameter("id", id)
        .getResultStream()
        .toList()
        .forEach(old -> end(em, old, end, command.now()));
    String secret = newSecret(command, id, createdBy);
    command.changed(Change.ofThirdParty(id));
    command.did("client-secret.create", id, null, Map.of("overlap", overlap.toString()));
    return secret;
  }

  static ThirdParty found(EntityManager em, String id) {
    // Not every database takes every character for one of a text.
    ThirdParty party = Texts.plain(id) ? em.find(ThirdParty.class, id) : null;
    if (party == null) {
      throw new NotFoundException("there is no third party with this id");
    }
    return party;
  }

  static void requireVersion(long version, @Nullable Long expected) {
    if (expected != null && expected != version) {
      throw new StaleVersionException(
          "it has been changed since you read it: read it again and repeat your change on that");
    }
  }

  static ThirdPartyView view(EntityManager em, String id, Instant now) {
    return view(found(em, id), activeTokens(em, List.of(id), now));
  }

  private static ThirdPartyView view(ThirdParty party, Map<String, Long> activeTokens) {
    return ThirdPartyView.of(
        party, party.enabled() ? activeTokens.getOrDefault(party.id(), 0L) : 0);
  }

  // Those of disabled third parties are counted as well: whether that matters is the view's part.
  private static Map<String, Long> activeTokens(
      EntityManager em, Collection<String> ids, Instant now) {
    Map<String, Long> counts = new HashMap<>();
    if (!ids.isEmpty()) {
      em.createQuery(
              "select t.thirdPartyId, count(t) from AccessToken t where t.thirdPartyId in :ids and "
                  + TokenAdministration.ACTIVE
                  + " group by t.thirdPartyId",
              Object[].class)
          .setParameter("ids", ids)
          .setParameter("now", now)
          .getResultList()
          .forEach(row -> counts.put((String) row[0], (Long) row[1]));
    }
    return counts;
  }

  private static Criteria criteria(ThirdPartyFilter filter, PageRequest page, Instant now) {
    Criteria criteria =
        new Criteria()
            .and("p.nameKey > :after", "after", behind(page.position()))
            .and("p.enabled = :enabled", "enabled", filter.enabled());
    String from = filter.namePrefix() == null ? "" : NameKey.ofPrefix(filter.namePrefix());
    if (!from.isEmpty()) {
      // A range, which every database finds by index, where it finds LIKE only with luck.
      criteria
          .and("p.nameKey >= :from", "from", from)
          .and("p.nameKey < :to", "to", behindAllWithPrefix(from));
    }
    if (filter.expiringWithin() != null) {
      criteria
          .and(
              "p.enabled = true and exists (select t.id from AccessToken t where t.thirdPartyId ="
                  + " p.id and t.deactivatedAt is null and t.purgeAt is null and t.expiresAt > :now and t.expiresAt <="
                  + " :until)")
          .with("now", now)
          .with("until", filter.expiringWithin().from(now));
    }
    return criteria;
  }

  // PostgreSQL has no NUL in a text.
  private static @Nullable String behind(@Nullable String key) {
    if (key != null && (key.isEmpty() || key.length() > LONGEST_KEY || key.indexOf(0) >= 0)) {
      throw PageRequest.invalidCursor();
    }
    return key;
  }

  private static @Nullable String behindAllWithPrefix(String prefix) {
    int last = prefix.codePointBefore(prefix.length());
    if (last == Character.MAX_CODE_POINT) {
      return null;
    }
    int next = last + 1 == Character.MIN_SURROGATE ? Character.MAX_SURROGATE + 1 : last + 1;
    return prefix.substring(0, prefix.length() - Character.charCount(last))
        + Character.toString(next);
  }

  private static void check(ThirdPartyDraft draft, @Nullable ThirdPartyDraft stored) {
    Complaints complaints = new Complaints();
    draft.check(complaints, stored);
    complaints.raise();
  }

  private static void refuseTakenName(EntityManager em, String name, String id) {
    boolean taken =
        !em.createQuery(
                "select p.id from ThirdParty p where p.nameKey = :key and p.id <> :id",
                String.class)
            .setParameter("key", ThirdParty.nameKey(name))
            .setParameter("id", id)
            .getResultList()
            .isEmpty();
    if (taken) {
      throw new ConflictException("the name is taken by another third party: choose another one");
    }
  }

  private String newSecret(Command command, String thirdPartyId, String createdBy) {
    String secret = secretPrefix + Base62.random(random, SECRET_LENGTH);
    command
        .em()
        .persist(
            new ClientSecret(
                Base62.random(random, ID_LENGTH),
                thirdPartyId,
                TokenHash.of(secret),
                command.now(),
                createdBy));
    return secret;
  }

  private static void end(EntityManager em, ClientSecret secret, Instant end, Instant now) {
    secret.endAt(end);
    Instant ends = secret.expiresAt();
    if (ends != null && !ends.isAfter(now)) {
      em.remove(secret);
    }
  }

  private static String action(ThirdPartyDraft before, ThirdPartyDraft after) {
    if (before.enabled() == after.enabled()) {
      return "third-party.change";
    }
    return after.enabled() ? "third-party.enable" : "third-party.disable";
  }

  private static Map<String, @Nullable Object> described(ThirdPartyDraft draft) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("name", draft.name());
    fields.put("enabled", draft.enabled());
    fields.put("authorization", draft.authorization());
    fields.put("callbackUrl", draft.callbackUrl());
    fields.put("contactName", draft.contactName());
    fields.put("contactEmail", draft.contactEmail());
    fields.put("scopes", draft.scopes());
    fields.put("allowedNetworks", draft.allowedNetworks());
    return fields;
  }

  private static Map<String, Object> difference(ThirdPartyDraft before, ThirdPartyDraft after) {
    Map<String, @Nullable Object> was = described(before);
    Map<String, @Nullable Object> is = described(after);
    was.keySet().removeIf(field -> java.util.Objects.equals(was.get(field), is.get(field)));
    is.keySet().retainAll(was.keySet());
    Map<String, Object> difference = new LinkedHashMap<>();
    difference.put("before", was);
    difference.put("after", is);
    return difference;
  }
}
