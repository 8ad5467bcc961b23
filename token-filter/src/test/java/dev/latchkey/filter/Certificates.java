package dev.latchkey.filter;

import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Base64;

/** Certificates of clients, made by openssl, whose keys nobody has any more. */
final class Certificates {

  private static final String OF_CLIENT =
      "MIIBiTCCAS+gAwIBAgIUM+LgWngqwzl761kru1MDUCwkvfswCgYIKoZIzj0EAwIwGTEXMBUGA1UE"
          + "AwwOY2xpZW50LmV4YW1wbGUwIBcNMjYxMTI3MjMxNTEzWhgPMjEyNjExMDMyMzE1MTNaMBkxFzAV"
          + "BgNVBAMMDmNsaWVudC5leGFtcGxlMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEb5Hob3onKKW3"
          + "OYUTko2DFB/bZQTdMol9svAHRblD9CncRQcdSPybsNQ3g7lJcdTrtgOqK2ypG64Y7bb7QEPnYKNT"
          + "MFEwHQYDVR0OBBYEFHxsyodNDt+3SxzHCmzt5w1uncuNMB8GA1UdIwQYMBaAFHxsyodNDt+3SxzH"
          + "Cmzt5w1uncuNMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIhAPitAtIyILCQLbmE"
          + "mLdKMXzE4FffjZ+Azw/SbU5Gz5hOAiB7RC/C17OuBUX0DZkury2xJHBs2SPU/TnQUwZ1edInxg==";

  private static final String OF_OTHER =
      "MIIBhzCCAS2gAwIBAgIUIg+6zc+IkGO+wb1HyWaSJmpEbAEwCgYIKoZIzj0EAwIwGDEWMBQGA1UE"
          + "AwwNb3RoZXIuZXhhbXBsZTAgFw0yNjExMjcyMzE1MTNaGA8yMTI2MTEwMzIzMTUxM1owGDEWMBQG"
          + "A1UEAwwNb3RoZXIuZXhhbXBsZTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABIZhPbWyidU7c3xw"
          + "mc9yKH+hlYGbxTfbxwjrNR989vDkIVetnCHjfRzCSn5TIVTK5MGWkDjLWUQRL7SiEGeQmsWjUzBR"
          + "MB0GA1UdDgQWBBTp1nGM1fP7a2RHHCxJVUoDuJTzVzAfBgNVHSMEGDAWgBTp1nGM1fP7a2RHHCxJ"
          + "VUoDuJTzVzAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCIBrsB7Jmqx9CYgwyu6Ur"
          + "w2vKUvSCbOsHenpXzV47SKaPAiEA4rtrYksqygSWj72xC33493qA0zcmYMYL0nh/6A9igq8=";

  static final X509Certificate CLIENT = read(OF_CLIENT);
  static final X509Certificate OTHER = read(OF_OTHER);

  /** {@link #CLIENT} as a proxy sends it in {@code Client-Cert}. */
  static final String FIELD_OF_CLIENT = ":" + OF_CLIENT + ":";

  /** {@link #OTHER} as a proxy sends it in {@code Client-Cert}. */
  static final String FIELD_OF_OTHER = ":" + OF_OTHER + ":";

  private Certificates() {}

  private static X509Certificate read(String der) {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(Base64.getDecoder().decode(der)));
    } catch (CertificateException malformed) {
      throw new AssertionError(malformed);
    }
  }
}
