package dev.latchkey.admin.audit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AuditExportTest {

  @ParameterizedTest
  @ValueSource(strings = {"=1+1", "+1", "-1", "@sum(a1)", "\t=1", "\r=1", "\n=1"})
  @DisplayName("D9 a cell that a spreadsheet would take for a formula is a text")
  void escapesFormulas(String text) {
    assertThat(AuditExport.cell(text)).isEqualTo("\"'" + text + '"');
  }

  @Test
  void quotesWhatWouldEndACell() {
    assertThat(AuditExport.cell(null)).isEqualTo("\"\"");
    assertThat(AuditExport.cell("a,b;c")).isEqualTo("\"a,b;c\"");
    assertThat(AuditExport.cell("say \"=1\",=2")).isEqualTo("\"say \"\"=1\"\",=2\"");
    assertThat(AuditExport.cell("two\nlines")).isEqualTo("\"two\nlines\"");
    assertThat(AuditExport.cell("a=1")).isEqualTo("\"a=1\"");
  }
}
