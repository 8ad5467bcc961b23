package dev.latchkey.admin.sso;

import jakarta.security.enterprise.authentication.mechanism.http.OpenIdAuthenticationMechanismDefinition;
import jakarta.security.enterprise.authentication.mechanism.http.openid.ClaimsDefinition;
import java.lang.annotation.Annotation;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.Map;

/**
 * The annotation of Jakarta Security with values from the configuration. What is not given has its
 * default, whatever members the server's version of the annotation has.
 */
final class OpenIdDefinition {

  private static final String NAME_CLAIM = "preferred_username";

  private OpenIdDefinition() {}

  static OpenIdAuthenticationMechanismDefinition of(OpenIdProvider provider) {
    return annotation(
        OpenIdAuthenticationMechanismDefinition.class,
        Map.of(
            "providerURI", provider.issuer(),
            "clientId", provider.clientId(),
            "clientSecret", provider.clientSecret(),
            "redirectURI", "${baseURL}" + SingleSignOnServlet.CALLBACK,
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
