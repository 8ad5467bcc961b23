package dev.latchkey.admin.sso;

import jakarta.security.enterprise.authentication.mechanism.http.OpenIdAuthenticationMechanismDefinition;
import jakarta.security.enterprise.authentication.mechanism.http.openid.ClaimsDefinition;
import java.lang.annotation.Annotation;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.util.Map;
import java.util.Optional;

/**
 * The annotation of Jakarta Security with values from the configuration. What is not given has its
 * default, whatever members the server's version of the annotation has.
 */
final class OpenIdDefinition {

  private static final String NAME_CLAIM = "preferred_username";

  private OpenIdDefinition() {}

  /**
   * The annotation for a provider.
   *
   * @param publicUrl of the admin WAR; empty where the server knows what it is reached by
   */
  static OpenIdAuthenticationMechanismDefinition of(
      OpenIdProvider provider, Optional<URI> publicUrl) {
    String base = publicUrl.map(url -> url.toString().replaceFirst("/$", "")).orElse("${baseURL}");
    return annotation(
        OpenIdAuthenticationMechanismDefinition.class,
        Map.of(
            "providerURI", provider.issuer(),
            "clientId", provider.clientId(),
            "clientSecret", provider.clientSecret(),
            "redirectURI", base + SingleSignOnServlet.CALLBACK,
            "claimsDefinition",
                annotation(
                    ClaimsDefinition.class,
                    Map.of(
                        "callerNameClaim",
                        NAME_CLAIM,
                        "callerGroupsClaim",
                        provider.groupsClaim()))));
  }

  private static <A extends Annotation> A annotation(Class<A> type, Map<String, Object> values) {
    InvocationHandler members =
        (proxy, method, arguments) ->
            switch (method.getName()) {
              case "annotationType" -> type;
              // Never the values: one of them is a secret.
              case "toString" -> "@" + type.getName();
              case "hashCode" -> System.identityHashCode(proxy);
              case "equals" -> arguments != null && proxy == arguments[0];
              default -> values.getOrDefault(method.getName(), method.getDefaultValue());
            };
    return type.cast(
        Proxy.newProxyInstance(
            OpenIdDefinition.class.getClassLoader(), new Class<?>[] {type}, members));
  }
}
