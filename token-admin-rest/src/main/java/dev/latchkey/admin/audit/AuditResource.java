package dev.latchkey.admin.audit;

import static dev.latchkey.admin.json.Replies.value;

import dev.latchkey.admin.http.Queries;
import dev.latchkey.admin.json.Replies;
import dev.latchkey.admin.running.Running;
import dev.latchkey.admin.signin.Needs;
import dev.latchkey.admin.signin.Role;
import dev.latchkey.core.administer.Administration;
import dev.latchkey.core.administer.AuditAnchor;
import dev.latchkey.core.administer.AuditEventView;
import dev.latchkey.core.administer.AuditFilter;
import dev.latchkey.core.administer.AuditVerification;
import dev.latchkey.core.administer.FieldError;
import dev.latchkey.core.administer.InvalidInputException;
import dev.latchkey.core.administer.PageRequest;
import jakarta.json.Json;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonReader;
import jakarta.json.JsonStructure;
import jakarta.servlet.ServletContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.io.StringReader;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;

/** {@code /audit-events}: who did what when. */
@Path("audit-events")
@Produces(MediaType.APPLICATION_JSON)
public final class AuditResource {

  private static final String INSTANT = "takes an instant such as 2027-01-31T00:00:00Z";

  private final Supplier<Administration> administration;

  /** A resource on what runs in this application, or throws when nothing does yet. */
  public AuditResource(@Context ServletContext context) {
    this.administration = () -> Running.service(context, Administration.class);
  }

  /** Lists events, newest first. */
  @GET
  @Needs(Role.VIEWER)
  public Response list(@Context UriInfo uri) {
    Queries queries = new Queries(uri);
    AuditFilter filter = filter(queries);
    PageRequest page = queries.page();
    queries.done();
    return Replies.page(administration.get().audit().list(filter, page), AuditResource::event);
  }

  /** Whether the chain of events is as it was written, and as it was noted elsewhere. */
  @GET
  @Path("verification")
  @Needs(Role.ADMIN)
  public Response verify(@Context UriInfo uri) {
    Queries queries = new Queries(uri);
    String hash = queries.text("hash");
    AuditAnchor anchor =
        queries.parsed(
            "seq",
            seq -> AuditAnchor.parse(seq, String.valueOf(hash)),
            "takes the number of an event, together with its hash of 64 hexadecimal digits");
    queries.done();
    if (anchor == null && hash != null) {
      throw new InvalidInputException(
          List.of(new FieldError("seq", "is needed together with hash")));
    }
    AuditVerification found = administration.get().audit().verify(anchor);
    return Replies.ok(
        Json.createObjectBuilder()
            .add("unbroken", found.unbroken())
            .add("firstBroken", value(found.firstBroken()))
            .add("reason", value(found.reason()))
            .add("seq", Long.toString(found.seq()))
            .add("hash", found.hash())
            .add("authenticatedFrom", value(found.authenticatedFrom())));
  }

  static AuditFilter filter(Queries queries) {
    return new AuditFilter(
        queries.text("third-party"),
        queries.text("actor"),
        queries.parsed("from", Instant::parse, INSTANT),
        queries.parsed("to", Instant::parse, INSTANT));
  }

  private static JsonObjectBuilder event(AuditEventView event) {
    return Json.createObjectBuilder()
        .add("id", Long.toString(event.seq()))
        .add("at", event.at().toString())
        .add("actor", event.actor())
        .add("address", event.address())
        .add("action", event.action())
        .add("thirdPartyId", value(event.thirdPartyId()))
        .add("tokenId", value(event.tokenId()))
        .add("detail", detail(event));
  }

  private static JsonStructure detail(AuditEventView event) {
    try (JsonReader reader = Json.createReader(new StringReader(event.detail()))) {
      return reader.read();
    }
  }
}
