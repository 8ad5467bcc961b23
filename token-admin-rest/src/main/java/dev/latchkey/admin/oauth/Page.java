package dev.latchkey.admin.oauth;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Writes the pages that a person sees at the authorization endpoint. They need no script. */
final class Page {

  private static final String FRAME =
      """
      <!doctype html>
      <html lang="en">
        <head>
          <meta charset="utf-8">
          <meta name="viewport" content="width=device-width, initial-scale=1">
          <meta name="color-scheme" content="light dark">
          <meta name="robots" content="noindex, nofollow">
          <title>%s · Latchkey</title>
          <link rel="icon" href="../console/key.svg" type="image/svg+xml">
          <link rel="stylesheet" href="../console/console.css">
        </head>
        <body class="plain">
          <main id="main" class="door">
            <p class="brand"><img src="../console/key.svg" alt="" width="32" height="32">Latchkey</p>
            <h1 id="title">%s</h1>
      %s
          </main>
        </body>
      </html>
      """;

  private Page() {}

  /**
   * Answers with a page.
   *
   * @param title plain text
   * @param content HTML
   * @param formTarget the origin that a form of the page is sent on to; empty for none
   */
  static void write(
      HttpServletRequest request,
      HttpServletResponse response,
      int status,
      String title,
      String content,
      String formTarget)
      throws IOException {
    byte[] body =
        FRAME.formatted(escaped(title), escaped(title), content).getBytes(StandardCharsets.UTF_8);
    response.setStatus(status);
    response.setHeader("Cache-Control", "no-store");
    // Browsers hold the redirect that answers a form to form-action as well.
    response.setHeader(
        "Content-Security-Policy",
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none';"
            + " frame-ancestors 'none'; form-action 'self'"
            + (formTarget.isEmpty() ? "" : " " + formTarget));
    response.setHeader("X-Frame-Options", "DENY");
    // With no-referrer a browser would hide even from us that a form is ours.
    response.setHeader("Referrer-Policy", formTarget.isEmpty() ? "no-referrer" : "same-origin");
    response.setContentType("text/html;charset=UTF-8");
    response.setContentLength(body.length);
    if (!"HEAD".equals(request.getMethod())) {
      response.getOutputStream().write(body);
    }
  }

  /** A text as HTML that shows it. */
  static String escaped(String text) {
    StringBuilder html = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> html.append("&amp;");
        case '<' -> html.append("&lt;");
        case '>' -> html.append("&gt;");
        case '"' -> html.append("&quot;");
        case '\'' -> html.append("&#39;");
        default -> html.append(c);
      }
    }
    return html.toString();
  }
}
