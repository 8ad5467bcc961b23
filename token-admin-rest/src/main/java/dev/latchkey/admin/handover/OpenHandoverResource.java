package dev.latchkey.admin.handover;

import static dev.latchkey.admin.json.Replies.texts;
import static dev.latchkey.admin.json.Replies.value;

import dev.latchkey.admin.admission.Admission;
import dev.latchkey.admin.admission.Fingerprint;
import dev.latchkey.admin.json.Fields;
import dev.latchkey.admin.json.JsonBody;
import dev.latchkey.admin.json.Replies;
import dev.latchkey.admin.problem.ProblemMapper;
import dev.latchkey.admin.running.Running;
import dev.latchkey.admin.signin.ForAnyone;
import dev.latchkey.admin.startup.AdminStartup;
import dev.latchkey.core.administer.Administration;
import dev.latchkey.core.administer.HandoverOutcome;
import dev.latchkey.core.thirdparty.ClientAddress;
import jakarta.json.Json;
import jakarta.json.JsonObjectBuilder;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * {@code /handovers}: what the page of a one-time link asks for. The code is the credential, and
 * comes in the body. Whatever merely GETs the page, previews it or runs its script opens nothing.
 */
@Path("handovers")
@Produces(MediaType.APPLICATION_JSON)
public final class OpenHandoverResource {

  private final ServletContext context;
  private final Supplier<Administration> administration;

  /** A resource on what runs in this application, or throws when nothing does yet. */
  public OpenHandoverResource(@Context ServletContext context) {
    this.context = context;
    this.administration = () -> Running.service(context, Administration.class);
  }

  /** What a link is good for; opens nothing. */
  @POST
  @Path("inspect")
  @ForAnyone
  @Consumes(MediaType.APPLICATION_JSON)
  public Response inspect(@Nullable JsonBody body, @Context HttpServletRequest request) {
    String code = code(body);
    return inTurn(address(request), () -> administration.get().handovers().inspect(code));
  }

  /** Opens a link; its credentials are shown once. */
  @POST
  @Path("open")
  @ForAnyone
  @Consumes(MediaType.APPLICATION_JSON)
  public Response open(@Nullable JsonBody body, @Context HttpServletRequest request) {
    String code = code(body);
    String address = address(request);
    return inTurn(address, () -> administration.get().handovers().open(code, address));
  }

  private Response inTurn(String address, Supplier<HandoverOutcome> work) {
    return answer(
        Running.service(context, Admission.class)
            .inTurn(Fingerprint.of(ClientAddress.place(address)), work));
  }

  private String address(HttpServletRequest request) {
    return Running.configured(context, ClientAddress.class)
        .of(request.getRemoteAddr(), request::getHeaders);
  }

  private static String code(@Nullable JsonBody body) {
    Fields fields = new Fields(JsonBody.required(body));
    String code = fields.requiredText("code");
    fields.done();
    return code;
  }

  private Response answer(HandoverOutcome outcome) {
    if (outcome instanceof HandoverOutcome.Ready ready) {
      return Replies.ok(
          status("ready")
              .add("name", ready.name())
              .add("from", ready.from())
              .add("expiresAt", ready.expiresAt().toString()));
    }
    if (outcome instanceof HandoverOutcome.Opened opened) {
      return Replies.ok(
          status("opened")
              .add("name", opened.name())
              .add("from", opened.from())
              .add("clientId", opened.clientId())
              .add("clientSecret", value(opened.clientSecret()))
              .add("token", opened.tokenText())
              .add("expiresAt", value(opened.token().expiresAt()))
              .add("scopes", texts(opened.token().scopes()))
              .add("tryUrl", value(AdminStartup.tryUrl(context))));
    }
    if (outcome instanceof HandoverOutcome.Over over) {
      String detail =
          (over.openedAt() == null
                  ? "The link is no longer valid."
                  : "The link was opened at " + over.openedAt() + ", and opens once only.")
              + " Ask "
              + over.from()
              + " for another one.";
      return ProblemMapper.problem(
              410,
              detail,
              Json.createObjectBuilder()
                  .add("from", over.from())
                  .add("openedAt", value(over.openedAt())))
          .build();
    }
    return ProblemMapper.problem(
            404, "There is no such link: see that all of it was copied, or ask for another one.")
        .build();
  }

  private static JsonObjectBuilder status(String status) {
    return Json.createObjectBuilder().add("status", status);
  }
}
