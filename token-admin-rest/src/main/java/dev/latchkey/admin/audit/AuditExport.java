package dev.latchkey.admin.audit;

import dev.latchkey.admin.http.Queries;
import dev.latchkey.admin.running.Running;
import dev.latchkey.admin.signin.Needs;
import dev.latchkey.admin.signin.Role;
import dev.latchkey.core.administer.Administration;
import dev.latchkey.core.administer.AuditEventView;
import dev.latchkey.core.administer.AuditFilter;
import dev.latchkey.core.administer.AuditTrail;
import dev.latchkey.core.administer.Page;
import dev.latchkey.core.administer.PageRequest;
import jakarta.servlet.ServletContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import jakarta.ws.rs.core.UriInfo;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * {@code /audit-events.csv}: the events of a filter as a table (RFC 4180), page by page, so that
 * however many there are little memory is used.
 */
@Path("audit-events.csv")
public final class AuditExport {

  /** The newest of a filter; who needs older ones narrows it by {@code to}. */
  static final int MOST_ROWS = 100_000;

  private static final String HEADER = "id,at,actor,address,action,thirdPartyId,tokenId,detail\r\n";

  private final Supplier<Administration> administration;

  /** A resource on what runs in this application, or throws when nothing does yet. */
  public AuditExport(@Context ServletContext context) {
    this.administration = () -> Running.service(context, Administration.class);
  }

  /** Exports events, newest first. */
  @GET
  @Needs(Role.VIEWER)
  @Produces("text/csv;charset=UTF-8;header=present")
  public Response export(@Context UriInfo uri) {
    Queries queries = new Queries(uri);
    AuditFilter filter = AuditResource.filter(queries);
    queries.done();
    AuditTrail trail = administration.get().audit();
    // Before the answer begins, which could not be taken back.
    Page<AuditEventView> first = trail.list(filter, page(null));
    StreamingOutput rows = out -> write(trail, filter, first, out);
    return Response.ok(rows)
        .header(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"latchkey-audit.csv\"")
        .build();
  }

  private static void write(
      AuditTrail trail, AuditFilter filter, Page<AuditEventView> first, OutputStream out)
      throws IOException {
    out.write(HEADER.getBytes(StandardCharsets.UTF_8));
    Page<AuditEventView> page = first;
    for (int rows = 0; ; ) {
      out.write(
          page.items().stream()
              .map(AuditExport::row)
              .collect(Collectors.joining())
              .getBytes(StandardCharsets.UTF_8));
      rows += page.items().size();
      if (page.next() == null || rows >= MOST_ROWS) {
        return;
      }
      page = trail.list(filter, page(page.next()));
    }
  }

  private static PageRequest page(@Nullable String cursor) {
    return new PageRequest(PageRequest.MOST, cursor);
  }

  private static String row(AuditEventView event) {
    return Stream.of(
            Long.toString(event.seq()),
            event.at().toString(),
            event.actor(),
            event.address(),
            event.action(),
            event.thirdPartyId(),
            event.tokenId(),
            event.detail())
        .map(AuditExport::cell)
        .collect(Collectors.joining(",", "", "\r\n"));
  }

  /** A text as one cell, which no spreadsheet takes for a formula (OWASP, CSV Injection). */
  static String cell(@Nullable String text) {
    String content = text == null ? "" : text;
    boolean formula = !content.isEmpty() && "=+-@\t\r\n".indexOf(content.charAt(0)) >= 0;
    return '"' + (formula ? "'" : "") + content.replace("\"", "\"\"") + '"';
  }
}
