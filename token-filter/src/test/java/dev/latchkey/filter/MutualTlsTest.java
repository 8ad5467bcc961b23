package dev.latchkey.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.core.token.CertificateThumbprint;
import dev.latchkey.filter.Fixture.Issued;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A bound token on real TLS connections, with keys that are made for this run. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@DisplayName("Certificate-bound tokens on TLS connections")
class MutualTlsTest {

  private static final String PASSWORD = "of-this-run";

  private final Fixture latchkey = Fixture.INSTALLATION;
  private Path folder;
  private TomcatServer server;
  private int port;

  @BeforeAll
  void start(@TempDir Path temporary) throws Exception {
    folder = temporary;
    makesKeys("server");
    makesKeys("client");
    makesKeys("other");
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    for (String name : new String[] {"server", "client", "other"}) {
      trusted.setCertificateEntry(name, certificate(name));
    }
    try (var out = Files.newOutputStream(file("trusted"))) {
      trusted.store(out, PASSWORD.toCharArray());
    }
    server = TomcatServer.starts(folder, Map.of("latchkey.jdbc.url", Fixture.DATABASE));
    port = server.addsTls(file("server"), file("trusted"), PASSWORD);
  }

  @AfterAll
  void stop() throws Exception {
    server.close();
  }

  @Test
  void areAdmittedWithTheirCertificateAlone() throws Exception {
    Issued bound = latchkey.issuesBoundTo(CertificateThumbprint.of(certificate("client")));

    assertThat(asked(bound, "client").statusCode()).isEqualTo(200);
    for (String other : new String[] {"other", null}) {
      HttpResponse<String> refused = asked(bound, other);
      assertThat(refused.statusCode()).isEqualTo(401);
      assertThat(refused.headers().firstValue("WWW-Authenticate").orElse(""))
          .contains("error=\"invalid_token\"");
    }
  }

  @Test
  void needNoCertificateWhereTheyAreBoundToNone() throws Exception {
    Issued unbound = latchkey.issues();
    assertThat(asked(unbound, null).statusCode()).isEqualTo(200);
    assertThat(asked(unbound, "other").statusCode()).isEqualTo(200);
  }

  private HttpResponse<String> asked(Issued token, @Nullable String keys) throws Exception {
    HttpClient client = HttpClient.newBuilder().sslContext(context(keys)).build();
    return client.send(
        HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + port + "/app/api/x"))
            .header("Authorization", token.header())
            .build(),
        BodyHandlers.ofString());
  }

  private SSLContext context(@Nullable String keys) throws Exception {
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store("trusted"));
    KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    own.init(keys == null ? null : store(keys), PASSWORD.toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys == null ? null : own.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  private X509Certificate certificate(String name) throws Exception {
    return (X509Certificate) store(name).getCertificate(name);
  }

  private KeyStore store(String name) throws Exception {
    return KeyStore.getInstance(file(name).toFile(), PASSWORD.toCharArray());
  }

  private Path file(String name) {
    return folder.resolve(name + ".p12");
  }

  private void makesKeys(String name) throws Exception {
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                name,
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-dname",
                "CN=" + name,
                "-ext",
                "san=ip:127.0.0.1",
                "-storetype",
                "PKCS12",
                "-keystore",
                file(name).toString(),
                "-storepass",
                PASSWORD)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve(name + ".log").toFile())
            .start();
    assertThat(keytool.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(keytool.exitValue()).as(name).isZero();
  }
}
