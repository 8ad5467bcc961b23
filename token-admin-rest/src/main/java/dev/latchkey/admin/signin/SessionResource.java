package dev.latchkey.admin.signin;

import dev.latchkey.admin.http.PublicAddress;
import dev.latchkey.admin.json.Fields;
import dev.latchkey.admin.json.JsonBody;
import dev.latchkey.admin.json.Replies;
import dev.latchkey.admin.problem.ProblemMapper;
import dev.latchkey.admin.running.Running;
import dev.latchkey.core.administer.Actor;
import dev.latchkey.core.thirdparty.ClientAddress;
import jakarta.json.Json;
import jakarta.json.JsonObjectBuilder;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** {@code /session}: signs the console's people in and out. */
@Path("session")
@Produces(MediaType.APPLICATION_JSON)
public final class SessionResource {

  private final Supplier<AdminUsers> users;
  private final Supplier<Sessions> sessions;
  private final ServletContext context;

  /** A resource on what runs in this application, or throws when nothing does yet. */
  public SessionResource(@Context ServletContext context) {
    this.users = () -> Running.service(context, AdminUsers.class);
    this.sessions = () -> Running.service(context, Sessions.class);
    this.context = context;
  }

  /** How people can sign in here. */
  @GET
  @Path("ways")
  @ForAnyone
  public Response ways(@Context HttpServletRequest request) {
    return Replies.ok(
        Json.createObjectBuilder()
            .add("password", true)
            .add(
                "singleSignOn",
                Replies.value(
                    Running.singleSignOn(context)
                        ? PublicAddress.of(request).path() + "/sso"
                        : null)));
  }

  /** Signs somebody in. */
  @POST
  @ForAnyone
  @Consumes(MediaType.APPLICATION_JSON)
  public Response signIn(@Nullable JsonBody body, @Context HttpServletRequest request) {
    Fields fields = new Fields(JsonBody.required(body));
    BasicCredentials credentials =
        new BasicCredentials(fields.requiredText("name"), fields.requiredText("password"));
    String code = fields.text("code");
    fields.done();
    String address =
        Running.configured(context, ClientAddress.class)
            .of(request.getRemoteAddr(), request::getHeaders);
    AdminUsers.SignIn signIn = users.get().signIn(credentials, address);
    if (signIn instanceof AdminUsers.SignIn.TooMany tooMany) {
      return tooMany.response();
    }
    if (!(signIn instanceof AdminUsers.SignIn.Accepted accepted)) {
      return wrong();
    }
    if (accepted.user().secondFactorOn()) {
      if (code == null || code.isBlank()) {
        return secondFactor("required", "Enter the code that your authenticator app shows.");
      }
      AdminUsers.SignIn second = users.get().withCode(accepted.user(), code, address);
      if (second instanceof AdminUsers.SignIn.TooMany tooMany) {
        return tooMany.response();
      }
      if (second instanceof AdminUsers.SignIn.Rejected) {
        return secondFactor("wrong", "The code is wrong, or was used before.");
      }
    }
    return sessions
        .get()
        .open(
            new Actor(accepted.user().name(), address),
            accepted.user(),
            request.getHeader(HttpHeaders.USER_AGENT),
            Browser.cookie(request))
        .map(opened -> signedIn(opened, address, request))
        .orElseGet(SessionResource::wrong);
  }

  private static Response signedIn(
      Sessions.Opened opened, String address, HttpServletRequest request) {
    return Replies.builder(Response.ok(), json(Caller.by(opened.session(), address)).build())
        .header(HttpHeaders.SET_COOKIE, Browser.kept(request, opened.cookie()))
        .build();
  }

  private static Response wrong() {
    return refused(ProblemMapper.problem(401, "The name or the password is wrong."));
  }

  // Only whoever knows the password is told that there is a second factor.
  private static Response secondFactor(String state, String detail) {
    return refused(
        ProblemMapper.problem(401, detail, Json.createObjectBuilder().add("secondFactor", state)));
  }

  private static Response refused(Response.ResponseBuilder problem) {
    return problem.header(HttpHeaders.WWW_AUTHENTICATE, "Bearer realm=\"latchkey\"").build();
  }

  /** Who is signed in. */
  @GET
  @Needs(value = Role.VIEWER, beforePasswordChange = true)
  public Response get(@Context SecurityContext security) {
    return Replies.ok(json(Caller.of(security)));
  }

  /** Signs out: the session ends on the server, and the browser forgets it. */
  @DELETE
  @Needs(value = Role.VIEWER, beforePasswordChange = true)
  public Response signOut(@Context SecurityContext security, @Context HttpServletRequest request) {
    Caller caller = Caller.of(security);
    OpenSession session = caller.session();
    if (session != null) {
      sessions.get().end(caller.actor(), session.id());
    }
    HttpSession ofServer = request.getSession(false);
    if (ofServer != null) {
      ofServer.invalidate();
    }
    return Response.noContent().header(HttpHeaders.SET_COOKIE, Browser.forgotten(request)).build();
  }

  private static JsonObjectBuilder json(Caller caller) {
    OpenSession session = caller.session();
    return Json.createObjectBuilder()
        .add("name", caller.getName())
        .add("role", caller.role().toString())
        .add("signedInBy", caller.by().toString())
        .add("mustChangePassword", session != null && session.mustChangePassword())
        .add("endsAt", Replies.value(session == null ? null : session.endsAt()));
  }
}
