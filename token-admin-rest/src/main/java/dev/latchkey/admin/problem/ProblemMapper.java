package dev.latchkey.admin.problem;

import dev.latchkey.admin.admission.CrowdedException;
import dev.latchkey.admin.json.JsonReply;
import dev.latchkey.admin.json.MalformedBodyException;
import dev.latchkey.core.administer.CommandRefusedException;
import dev.latchkey.core.administer.ConflictException;
import dev.latchkey.core.administer.FieldError;
import dev.latchkey.core.administer.IdempotencyMismatchException;
import dev.latchkey.core.administer.InvalidInputException;
import dev.latchkey.core.administer.NotAllowedException;
import dev.latchkey.core.administer.NotFoundException;
import dev.latchkey.core.administer.StaleVersionException;
import dev.latchkey.core.store.StoreUnavailableException;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObjectBuilder;
import jakarta.persistence.PersistenceException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.UUID;

/** Answers every exception with a problem document (RFC 9457), without internals. */
@Provider
public final class ProblemMapper implements ExceptionMapper<Throwable> {

  private static final Logger LOG = System.getLogger(ProblemMapper.class.getName());
  private static final String TYPE = "application/problem+json";
  private static final int RETRY_AFTER_SECONDS = 5;

  @Override
  public Response toResponse(Throwable thrown) {
    if (thrown instanceof InvalidInputException invalid) {
      return problem(400, "Some of the input is not allowed.", invalid.errors()).build();
    }
    if (thrown instanceof CommandRefusedException refused) {
      return problem(status(refused), String.valueOf(refused.getMessage())).build();
    }
    if (thrown instanceof MalformedBodyException malformed) {
      return problem(malformed.status(), String.valueOf(malformed.getMessage())).build();
    }
    if (thrown instanceof CrowdedException crowded) {
      return problem(crowded.status(), String.valueOf(crowded.getMessage()))
          .header(HttpHeaders.RETRY_AFTER, crowded.retryAfterSeconds())
          .build();
    }
    if (thrown instanceof StoreUnavailableException || thrown instanceof PersistenceException) {
      LOG.log(Level.WARNING, "the database could not be used", thrown);
      return problem(503, "The database can't be used at the moment. Try again.")
          .header(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS)
          .build();
    }
    if (thrown instanceof WebApplicationException http) {
      return ofHttp(http);
    }
    String incident = UUID.randomUUID().toString();
    LOG.log(Level.ERROR, "incident " + incident, thrown);
    return problem(500, "Something is wrong with Latchkey. The log has incident " + incident + ".")
        .build();
  }

  /** An answer with a problem document. */
  public static Response.ResponseBuilder problem(int status, String detail) {
    return problem(status, detail, List.of());
  }

  /** An answer with a problem document that has more members than all have (RFC 9457 §3.2). */
  public static Response.ResponseBuilder problem(
      int status, String detail, JsonObjectBuilder more) {
    return problem(status, detail, List.of(), more);
  }

  private static Response.ResponseBuilder problem(
      int status, String detail, List<FieldError> errors) {
    return problem(status, detail, errors, Json.createObjectBuilder());
  }

  private static Response.ResponseBuilder problem(
      int status, String detail, List<FieldError> errors, JsonObjectBuilder more) {
    JsonObjectBuilder problem =
        more.add("type", "about:blank")
            .add("title", title(status))
            .add("status", status)
            .add("detail", detail);
    if (!errors.isEmpty()) {
      JsonArrayBuilder fields = Json.createArrayBuilder();
      errors.forEach(
          error ->
              fields.add(
                  Json.createObjectBuilder()
                      .add("field", error.field())
                      .add("message", error.message())));
      problem.add("errors", fields);
    }
    return Response.status(status).entity(new JsonReply(problem.build())).type(TYPE);
  }

  private static Response ofHttp(WebApplicationException thrown) {
    Response response = thrown.getResponse();
    int status = response.getStatus();
    if (status < 400 || status >= 500 && status != 503) {
      return status < 400 ? response : problem(status, title(status)).build();
    }
    Response.ResponseBuilder problem = problem(status, detail(status));
    for (String header : List.of(HttpHeaders.ALLOW, HttpHeaders.RETRY_AFTER)) {
      if (response.getHeaderString(header) != null) {
        problem.header(header, response.getHeaderString(header));
      }
    }
    return problem.build();
  }

  /** What a status means here, for a person. */
  static String detail(int status) {
    return switch (status) {
      case 403 -> "Not allowed: the role of the caller does not include this.";
      case 404 -> "There is nothing at this address.";
      case 405 -> "This address does not take this method; Allow names those that it does.";
      case 406 -> "The answer is JSON, which the Accept header does not allow.";
      case 415 -> "The body must be application/json.";
      case 503 -> "The database can't be used at the moment. Try again.";
      default -> title(status);
    };
  }

  private static int status(CommandRefusedException refused) {
    if (refused instanceof NotFoundException) {
      return 404;
    }
    if (refused instanceof NotAllowedException) {
      return 403;
    }
    if (refused instanceof ConflictException) {
      return 409;
    }
    if (refused instanceof StaleVersionException) {
      return 412;
    }
    return refused instanceof IdempotencyMismatchException ? 422 : 400;
  }

  /** The name of a status. */
  static String title(int status) {
    Response.Status known = Response.Status.fromStatusCode(status);
    if (known != null) {
      return known.getReasonPhrase();
    }
    return status == 422 ? "Unprocessable Content" : "Error " + status;
  }
}
