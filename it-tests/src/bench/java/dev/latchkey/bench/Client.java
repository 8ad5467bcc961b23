package dev.latchkey.bench;

import java.util.Set;

/** What a token lets in, as those see it who have nothing of ours. */
record Client(String id, String name, Set<String> scopes) {}
