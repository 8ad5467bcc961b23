package dev.latchkey.admin.signin;

import dev.latchkey.admin.json.Fields;
import dev.latchkey.admin.json.JsonBody;
import dev.latchkey.admin.json.Replies;
import dev.latchkey.admin.running.Running;
import dev.latchkey.core.administer.ConflictException;
import dev.latchkey.core.administer.FieldError;
import dev.latchkey.core.administer.InvalidInputException;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObjectBuilder;
import jakarta.servlet.ServletContext;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** {@code /account}: one's own password and sessions. */
@Path("account")
@Produces(MediaType.APPLICATION_JSON)
public final class AccountResource {

  private final Supplier<AdminUsers> users;
  private final Supplier<Accounts> accounts;
  private final Supplier<Sessions> sessions;

  /** A resource on what runs in this application, or throws when nothing does yet. */
  public AccountResource(@Context ServletContext context) {
    this.users = () -> Running.service(context, AdminUsers.class);
    this.accounts = () -> Running.service(context, Accounts.class);
    this.sessions = () -> Running.service(context, Sessions.class);
  }

  /** Changes one's own password; all other sessions end. */
  @POST
  @Path("password")
  @Needs(value = Role.VIEWER, beforePasswordChange = true)
  @Consumes(MediaType.APPLICATION_JSON)
  public Response changePassword(@Nullable JsonBody body, @Context SecurityContext security) {
    Caller caller = user(security);
    Fields fields = new Fields(JsonBody.required(body));
    String present = fields.requiredText("currentPassword");
    String wanted = fields.requiredText("newPassword");
    fields.done();
    AdminUsers.SignIn check =
        users
            .get()
            .signInAgain(new BasicCredentials(caller.getName(), present), caller.actor().address());
    if (check instanceof AdminUsers.SignIn.TooMany tooMany) {
      return tooMany.response();
    }
    if (!(check instanceof AdminUsers.SignIn.Accepted accepted)) {
      throw invalid("currentPassword", "is wrong");
    }
    if (OpaqueString.prepared(wanted).equals(OpaqueString.prepared(present))) {
      throw invalid("newPassword", "is the present one: take another");
    }
    OpenSession session = caller.session();
    users
        .get()
        .hashing(
            caller.actor(),
            () ->
                accounts
                    .get()
                    .changePassword(
                        caller.actor(),
                        accepted.user(),
                        wanted,
                        session == null ? null : session.id()));
    return Response.noContent().build();
  }

  /** One's own open sessions. */
  @GET
  @Path("sessions")
  @Needs(Role.VIEWER)
  public Response sessions(@Context SecurityContext security) {
    Caller caller = user(security);
    OpenSession present = caller.session();
    JsonArrayBuilder items = Json.createArrayBuilder();
    for (AdminSession session : sessions.get().of(caller.getName())) {
      items.add(json(session, present != null && present.id().equals(session.id())));
    }
    return Replies.ok(Json.createObjectBuilder().add("items", items));
  }

  /** Ends one of one's own sessions. */
  @DELETE
  @Path("sessions/{session}")
  @Needs(Role.VIEWER)
  public Response end(@PathParam("session") String id, @Context SecurityContext security) {
    sessions.get().end(user(security).actor(), id);
    return Response.noContent().build();
  }

  private static Caller user(SecurityContext security) {
    Caller caller = Caller.of(security);
    if (!caller.isUser()) {
      throw new ConflictException(
          "you are signed in by "
              + caller.by()
              + ": only an admin user of Latchkey has a password and sessions here");
    }
    return caller;
  }

  private static InvalidInputException invalid(String field, String message) {
    return new InvalidInputException(List.of(new FieldError(field, message)));
  }

  private static JsonObjectBuilder json(AdminSession session, boolean present) {
    return Json.createObjectBuilder()
        .add("id", session.id())
        .add("present", present)
        .add("createdAt", session.createdAt().toString())
        .add("lastSeenAt", session.lastSeenAt().toString())
        .add("endsAt", session.endsAt().toString())
        .add("address", session.address())
        .add("userAgent", session.userAgent());
  }
}
