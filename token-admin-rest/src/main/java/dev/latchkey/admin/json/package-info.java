/**
 * JSON in and out, strict and the same on every server. Start with {@link
 * dev.latchkey.admin.json.JsonBody}.
 */
@NullMarked
package dev.latchkey.admin.json;

import org.jspecify.annotations.NullMarked;
