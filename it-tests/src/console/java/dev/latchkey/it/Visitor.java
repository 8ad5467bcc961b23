package dev.latchkey.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.ConsoleMessage;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Somebody in front of a browser window of their own. When it is closed, no script has failed, the
 * content security policy has stopped nothing, and no request has left the server.
 */
final class Visitor implements AutoCloseable {

  /** What a page may take on a busy machine. */
  static final double PATIENCE_MILLIS = 20_000;

  // What a mouse has clicked; a key that presses a button has no "detail".
  private static final String COUNT_CLICKS =
      "window.clicks = 0; addEventListener('click', e => { if (e.detail > 0) clicks++; }, true);";

  private final Latchkey latchkey;
  private final Visitors visitors;
  private final BrowserContext context;
  private final Page page;
  private final List<String> complaints = new CopyOnWriteArrayList<>();

  Visitor(Latchkey latchkey, Visitors visitors, BrowserContext context) {
    this.latchkey = latchkey;
    this.visitors = visitors;
    this.context = context;
    context.grantPermissions(List.of("clipboard-read", "clipboard-write"));
    context.setDefaultTimeout(PATIENCE_MILLIS);
    context.addInitScript(COUNT_CLICKS);
    context.onConsoleMessage(this::notes);
    context.onWebError(error -> complaints.add(error.error()));
    String own = latchkey.installation().uri("/latchkey/").getAuthority();
    context.onRequest(
        request -> {
          String url = request.url();
          if (!url.contains("://" + own + "/") && !url.startsWith("blob:")) {
            complaints.add("a request to " + url);
          }
        });
    this.page = context.newPage();
  }

  // A refused request is no fault of the page.
  private void notes(ConsoleMessage message) {
    if (message.type().equals("error") && !message.text().startsWith("Failed to load resource")) {
      complaints.add(message.text());
    }
  }

  Page page() {
    return page;
  }

  /** Opens an address below the console's own. */
  Visitor opens(String address) {
    page.navigate(latchkey.installation().uri("/latchkey/" + address).toString());
    return this;
  }

  /** Signs in as the user of a role. */
  Visitor signsIn(String role) {
    return signsIn(visitors.user(latchkey, role), Visitors.PASSWORD);
  }

  Visitor signsIn(String name, String password) {
    opens("");
    field("Name").fill(name);
    field("Password").fill(password);
    field("Password").press("Enter");
    heading("Third parties").waitFor();
    return this;
  }

  Locator field(String label) {
    return top().getByLabel(label, new Locator.GetByLabelOptions().setExact(true));
  }

  Locator button(String name) {
    return top()
        .getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName(name).setExact(true));
  }

  Locator link(String name) {
    return top()
        .getByRole(AriaRole.LINK, new Locator.GetByRoleOptions().setName(name).setExact(true));
  }

  Locator heading(String text) {
    return page.getByRole(
        AriaRole.HEADING, new Page.GetByRoleOptions().setName(text).setExact(true));
  }

  Locator text(String text) {
    return top().getByText(text);
  }

  /** The open dialog. */
  Locator dialog() {
    return page.locator("dialog[open]");
  }

  Locator notices() {
    return page.locator("#notices");
  }

  /** What the look-up bar has found. */
  Locator found() {
    return page.locator("#lookup-list [role=option]");
  }

  /** A token's row in the grid. */
  Locator row(String label) {
    return page.locator("tr[data-token]", new Page.LocatorOptions().setHasText(label));
  }

  // What lies behind a dialog can't be used.
  private Locator top() {
    return dialog().count() > 0 ? dialog() : page.locator("body");
  }

  /** A value that must not be in any log. */
  String secretIn(String label) {
    return latchkey.secrets().seen(field(label).inputValue());
  }

  int clicks() {
    return (Integer) page.evaluate("() => clicks");
  }

  String clipboard() {
    return (String) page.evaluate("() => navigator.clipboard.readText()");
  }

  @Override
  public void close() {
    context.close();
    assertThat(complaints).as("what the browser complains of").isEmpty();
  }
}
