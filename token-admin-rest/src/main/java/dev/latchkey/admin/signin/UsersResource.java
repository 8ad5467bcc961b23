package dev.latchkey.admin.signin;

import dev.latchkey.admin.http.Queries;
import dev.latchkey.admin.json.Fields;
import dev.latchkey.admin.json.JsonBody;
import dev.latchkey.admin.json.Replies;
import dev.latchkey.admin.running.Running;
import dev.latchkey.core.administer.Created;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObjectBuilder;
import jakarta.servlet.ServletContext;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import jakarta.ws.rs.core.UriInfo;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** {@code /users}: the people who administer. */
@Path("users")
@Produces(MediaType.APPLICATION_JSON)
public final class UsersResource {

  private static final String TOKENS_DEACTIVATED = "Latchkey-Tokens-Deactivated";
  private static final String ROLE = "takes viewer, operator or admin";

  private final Supplier<Accounts> accounts;
  private final Supplier<SecondFactors> secondFactors;

  /** A resource on what runs in this application, or throws when nothing does yet. */
  public UsersResource(@Context ServletContext context) {
    this.accounts = () -> Running.service(context, Accounts.class);
    this.secondFactors = () -> Running.service(context, SecondFactors.class);
  }

  /** Lists everybody. */
  @GET
  @Needs(Role.ADMIN)
  public Response list() {
    JsonArrayBuilder items = Json.createArrayBuilder();
    accounts.get().all().forEach(user -> items.add(json(user)));
    return Replies.ok(Json.createObjectBuilder().add("items", items));
  }

  /** Adds somebody; answers their first password, once. */
  @POST
  @Needs(Role.ADMIN)
  @Consumes(MediaType.APPLICATION_JSON)
  public Response add(
      @Nullable JsonBody body, @Context UriInfo uri, @Context SecurityContext security) {
    Fields fields = new Fields(JsonBody.required(body));
    String name = fields.requiredText("name");
    Role role = role(fields);
    fields.done();
    Created<AdminUser> added =
        accounts
            .get()
            .add(Caller.of(security).actor(), name, Objects.requireNonNullElse(role, Role.VIEWER));
    return Replies.builder(
            Response.created(uri.getAbsolutePathBuilder().path(name).build()),
            withPassword(added).build())
        .build();
  }

  /**
   * Gives somebody another role. A lesser one deactivates the tokens for Latchkey itself that they
   * issued, unless {@code keepTokens} is true; the answer says how many.
   */
  @PATCH
  @Path("{name}")
  @Needs(Role.ADMIN)
  @Consumes({MediaType.APPLICATION_JSON, "application/merge-patch+json"})
  public Response change(
      @PathParam("name") String name, @Nullable JsonBody body, @Context SecurityContext security) {
    Fields fields = new Fields(JsonBody.required(body));
    Role role = role(fields);
    boolean keepTokens = Boolean.TRUE.equals(fields.truth("keepTokens"));
    fields.done();
    Accounts.Changed changed =
        accounts
            .get()
            .changeRole(
                Caller.of(security).actor(),
                name,
                Objects.requireNonNullElse(role, Role.VIEWER),
                keepTokens);
    return Replies.ok(json(changed.user()).add("tokensDeactivated", changed.tokensDeactivated()));
  }

  /** Gives somebody a new first password; answers it, once. */
  @POST
  @Path("{name}/password")
  @Needs(Role.ADMIN)
  @Consumes(MediaType.APPLICATION_JSON)
  public Response resetPassword(
      @PathParam("name") String name, @Nullable JsonBody body, @Context SecurityContext security) {
    new Fields(body).done();
    return Replies.ok(
        withPassword(accounts.get().resetPassword(Caller.of(security).actor(), name)));
  }

  /** Turns the second factor off of somebody who has lost it. */
  @DELETE
  @Path("{name}/second-factor")
  @Needs(Role.ADMIN)
  public Response resetSecondFactor(
      @PathParam("name") String name, @Context SecurityContext security) {
    secondFactors.get().reset(Caller.of(security).actor(), name);
    return Response.noContent().build();
  }

  /**
   * Removes somebody, and deactivates the tokens for Latchkey itself that they issued, unless
   * {@code keep-tokens} is true; a header field says how many.
   */
  @DELETE
  @Path("{name}")
  @Needs(Role.ADMIN)
  public Response remove(
      @PathParam("name") String name, @Context UriInfo uri, @Context SecurityContext security) {
    Queries queries = new Queries(uri);
    boolean keepTokens = Boolean.TRUE.equals(queries.truth("keep-tokens"));
    queries.done();
    int deactivated = accounts.get().remove(Caller.of(security).actor(), name, keepTokens);
    return Response.noContent().header(TOKENS_DEACTIVATED, deactivated).build();
  }

  private static @Nullable Role role(Fields fields) {
    fields.requiredText("role");
    return fields.parsed("role", Role::named, ROLE);
  }

  private static JsonObjectBuilder withPassword(Created<AdminUser> created) {
    return json(created.resource()).add("password", Replies.value(created.secret()));
  }

  private static JsonObjectBuilder json(AdminUser user) {
    return Json.createObjectBuilder()
        .add("name", user.name())
        .add("role", user.role().toString())
        .add("mustChangePassword", user.mustChangePassword())
        .add("secondFactor", user.secondFactorOn())
        .add("createdAt", user.createdAt().toString());
  }
}
