/* The gate: finds out whose PIN it is, in a thread of its own, because an argon2id hash takes a
 * good part of a second on the board and no frame may wait for it.
 *
 * Main thread; one PIN at a time (the core asks for no second one before the answer).
 */
#ifndef KIOSK_SHELL_GATE_H
#define KIOSK_SHELL_GATE_H

#include "kiosk/core/events.h"
#include "kiosk/shell/settings.h"

struct gate;

struct gate_verdict {
    bool accepted;
    enum role role;
};

/* `wake` is woken when an answer is there. NULL when it cannot be made. */
struct gate *gate_open(const struct gate_pins *pins, int wake);
void gate_close(struct gate *gate);

void gate_check(struct gate *gate, const char *pin);
/* True once for each gate_check(). */
bool gate_answer(struct gate *gate, struct gate_verdict *verdict);

/* The comparison itself; blocks. Captures hold GATE_MARK in place of an accepted PIN's digits, and
 * one mark more for each further role; where `marks` is set they are accepted. */
#define GATE_MARK '*'
struct gate_verdict gate_judge(const struct gate_pins *pins, const char *pin, bool marks);

#endif
