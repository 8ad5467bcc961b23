package dev.latchkey.core.administer;

import org.jspecify.annotations.Nullable;

/**
 * A step of the explanation why access works or not.
 *
 * @param check known, enabled, active, expiry, certificate, scopes, networks or last-used
 * @param passed null when it does not decide, or could not be looked at
 * @param detail what was found, for a person
 */
public record AccessStep(String check, @Nullable Boolean passed, String detail) {}
