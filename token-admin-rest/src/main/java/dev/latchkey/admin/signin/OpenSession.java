package dev.latchkey.admin.signin;

import java.time.Instant;

/** A session that a request came with. */
record OpenSession(String id, String user, Role role, boolean mustChangePassword, Instant endsAt) {}
