/* The gate: compares a PIN with its argon2id hash in a thread of its own, because that takes a good
 * part of a second on the board and no frame may wait for it.
 *
 * Main thread; one PIN at a time (the core asks for no second one before the answer).
 */
#ifndef KIOSK_SHELL_GATE_H
#define KIOSK_SHELL_GATE_H

#include "kiosk/core/events.h"

struct gate;

/* `hash` is borrowed. `wake` is woken when an answer is there. NULL when it cannot be made. */
struct gate *gate_open(const char *hash, int wake);
void gate_close(struct gate *gate);

void gate_check(struct gate *gate, const char *pin);
/* True once for each gate_check(). */
bool gate_answer(struct gate *gate, bool *accepted);

/* The comparison itself; blocks. */
bool gate_compare(const char *hash, const char *pin);

#endif
