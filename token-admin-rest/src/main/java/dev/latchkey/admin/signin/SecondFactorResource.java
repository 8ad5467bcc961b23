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
import jakarta.servlet.ServletContext;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** {@code /account/second-factor}: one's own second factor. */
@Path("account/second-factor")
@Produces(MediaType.APPLICATION_JSON)
public final class SecondFactorResource {

  private final Supplier<AdminUsers> users;
  private final Supplier<SecondFactors> secondFactors;

  /** A resource on what runs in this application, or throws when nothing does yet. */
  public SecondFactorResource(@Context ServletContext context) {
    this.users = () -> Running.service(context, AdminUsers.class);
    this.secondFactors = () -> Running.service(context, SecondFactors.class);
  }

  /** Whether it is on. */
  @GET
  @Needs(Role.VIEWER)
  public Response get(@Context SecurityContext security) {
    AdminUser user = secondFactors.get().of(user(security).actor());
    return Replies.ok(
        Json.createObjectBuilder()
            .add("on", user.secondFactorOn())
            .add("recoveryCodesLeft", user.recoveryCodesLeft()));
  }

  /** Offers a secret; it is shown once. */
  @POST
  @Needs(Role.VIEWER)
  @Consumes(MediaType.APPLICATION_JSON)
  public Response offer(@Nullable JsonBody body, @Context SecurityContext security) {
    Caller caller = user(security);
    Fields fields = new Fields(JsonBody.required(body));
    String password = fields.requiredText("currentPassword");
    fields.done();
    return withPassword(
        caller,
        password,
        signedIn -> {
          Totp totp = secondFactors.get().offer(caller.actor(), signedIn);
          return Replies.ok(
              Json.createObjectBuilder()
                  .add("secret", totp.text())
                  .add("uri", totp.uri(caller.getName())));
        });
  }

  /** Turns the offered one on; answers recovery codes, once. */
  @POST
  @Path("confirm")
  @Needs(Role.VIEWER)
  @Consumes(MediaType.APPLICATION_JSON)
  public Response confirm(@Nullable JsonBody body, @Context SecurityContext security) {
    Caller caller = user(security);
    Fields fields = new Fields(JsonBody.required(body));
    String code = fields.requiredText("code");
    fields.done();
    OpenSession session = caller.session();
    JsonArrayBuilder codes = Json.createArrayBuilder();
    secondFactors
        .get()
        .confirm(caller.actor(), code, session == null ? null : session.id())
        .forEach(codes::add);
    return Replies.ok(Json.createObjectBuilder().add("recoveryCodes", codes));
  }

  /** Turns it off. */
  @POST
  @Path("off")
  @Needs(Role.VIEWER)
  @Consumes(MediaType.APPLICATION_JSON)
  public Response off(@Nullable JsonBody body, @Context SecurityContext security) {
    Caller caller = user(security);
    Fields fields = new Fields(JsonBody.required(body));
    String password = fields.requiredText("currentPassword");
    String code = fields.requiredText("code");
    fields.done();
    return withPassword(
        caller,
        password,
        signedIn -> {
          if (!signedIn.secondFactorOn()) {
            throw new ConflictException("your second factor is off");
          }
          AdminUsers.SignIn right = users.get().withCode(signedIn, code, caller.actor().address());
          if (right instanceof AdminUsers.SignIn.TooMany tooMany) {
            return tooMany.response();
          }
          if (right instanceof AdminUsers.SignIn.Rejected) {
            throw invalid("code");
          }
          secondFactors.get().turnOff(caller.actor(), signedIn);
          return Response.noContent().build();
        });
  }

  private Response withPassword(
      Caller caller, String password, Function<AdminUser, Response> work) {
    AdminUsers.SignIn check =
        users
            .get()
            .signInAgain(
                new BasicCredentials(caller.getName(), password), caller.actor().address());
    if (check instanceof AdminUsers.SignIn.TooMany tooMany) {
      return tooMany.response();
    }
    if (check instanceof AdminUsers.SignIn.Accepted accepted) {
      return work.apply(accepted.user());
    }
    throw invalid("currentPassword");
  }

  private static InvalidInputException invalid(String field) {
    return new InvalidInputException(List.of(new FieldError(field, "is wrong")));
  }

  private static Caller user(SecurityContext security) {
    Caller caller = Caller.of(security);
    if (!caller.isUser()) {
      throw new ConflictException(
          "you are signed in by "
              + caller.by()
              + ": only an admin user of Latchkey has a second factor here");
    }
    return caller;
  }
}
