package dev.latchkey.it;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** Looking up and paging through more than a page (contract §5). */
@ExtendWith(TestedServer.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Order(9)
@Tag("admin")
@DisplayName("Lists")
class ListsIT {

  private static final int MANY = 120;

  private final Admin admin;
  private final List<String> names = new ArrayList<>();

  ListsIT(Latchkey latchkey) {
    this.admin = latchkey.admin();
    for (int i = 0; i < MANY; i++) {
      // Registered out of order and in both cases.
      int shuffled = (i * 37) % MANY;
      String begin = shuffled % 2 == 0 ? "Paging " : "pAGING ";
      names.add(admin.registers(begin + String.format(Locale.ROOT, "%03d", shuffled)).name());
    }
    names.sort(String.CASE_INSENSITIVE_ORDER);
  }

  @Test
  void pagesThroughAllInOrderWithoutGapOrRepetition() {
    List<Integer> sizes = new ArrayList<>();
    List<String> seen = pages("/third-parties?name=paging&limit=50", sizes);

    assertThat(sizes).containsExactly(50, 50, 20);
    assertThat(seen).containsExactlyElementsOf(names);
  }

  @Test
  void takesFiftyWhenNobodySaysHowMany() {
    JsonObject page = admin.gets("/third-parties?name=paging").hasStatus(200).json();

    assertThat(Admin.itemsOf(page)).hasSize(50);
    assertThat(page.get("next")).isInstanceOf(JsonString.class);
    assertThat(page.keySet()).containsExactlyInAnyOrder("items", "next");
  }

  @Test
  void looksUpByPrefixInWhateverCase() {
    for (String prefix : List.of("paging 00", "PAGING 00", "Paging 00")) {
      assertThat(pages("/third-parties?limit=200&name=" + encoded(prefix), new ArrayList<>()))
          .hasSize(10)
          .allMatch(name -> name.toLowerCase(Locale.ROOT).startsWith("paging 00"));
    }
    assertThat(admin.items("/third-parties?name=aging")).isEmpty();
  }

  @Test
  void missesAndRepeatsNothingWhenSomebodyRegistersInBetween() {
    JsonObject first = admin.gets("/third-parties?name=paging&limit=50").json();
    ThirdParty inserted = admin.registers("Paging 000a");
    List<String> rest =
        pages(
            "/third-parties?name=paging&limit=50&cursor=" + encoded(first.getString("next")),
            new ArrayList<>());
    inserted.isDisabled();
    admin.deletes(inserted.path()).hasStatus(204);

    List<String> all =
        new ArrayList<>(Admin.itemsOf(first).stream().map(row -> row.getString("name")).toList());
    all.addAll(rest);
    assertThat(all).containsExactlyElementsOf(names);
  }

  @Test
  void filtersByEnabled() {
    ThirdParty disabled = admin.registers("Filtered", Map.of("enabled", false));
    ThirdParty enabled = admin.registers("Filtered");

    assertThat(ids("/third-parties?name=filtered&enabled=false")).containsExactly(disabled.id());
    assertThat(ids("/third-parties?name=filtered&enabled=true")).containsExactly(enabled.id());
  }

  @Test
  void filtersByWhatExpiresSoon() {
    ThirdParty soon = admin.registers("Expiring");
    ThirdParty later = admin.registers("Expiring");
    soon.addsToken(Map.of("lifetime", "P10D"));
    later.addsToken();

    assertThat(ids("/third-parties?name=expiring&expiring-within=P30D")).containsExactly(soon.id());
    assertThat(ids("/third-parties?name=expiring&expiring-within=P1D")).isEmpty();
    assertThat(ids("/third-parties?name=expiring&expiring-within=P1Y"))
        .containsExactlyInAnyOrder(soon.id(), later.id());
  }

  @Test
  void pagesThroughTokens() {
    ThirdParty thirdParty = admin.registers("Many Tokens");
    List<String> issued = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      issued.add(0, thirdParty.addsToken().id());
    }

    List<String> seen = new ArrayList<>();
    String path = thirdParty.path() + "/tokens?limit=3";
    JsonObject page = admin.gets(path).hasStatus(200).json();
    Admin.itemsOf(page).forEach(row -> seen.add(row.getString("id")));
    while (page.get("next") instanceof JsonString next) {
      page = admin.gets(path + "&cursor=" + encoded(next.getString())).hasStatus(200).json();
      Admin.itemsOf(page).forEach(row -> seen.add(row.getString("id")));
    }
    assertThat(seen).containsExactlyInAnyOrderElementsOf(issued);
  }

  private List<String> ids(String path) {
    return admin.items(path).stream().map(row -> row.getString("id")).toList();
  }

  private List<String> pages(String path, List<Integer> sizes) {
    List<String> seen = new ArrayList<>();
    JsonObject page = admin.gets(path).hasStatus(200).json();
    while (true) {
      List<JsonObject> items = Admin.itemsOf(page);
      sizes.add(items.size());
      items.forEach(row -> seen.add(row.getString("name")));
      if (!(page.get("next") instanceof JsonString next)) {
        return seen;
      }
      String base = path.replaceFirst("&cursor=[^&]*", "");
      page = admin.gets(base + "&cursor=" + encoded(next.getString())).hasStatus(200).json();
    }
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
