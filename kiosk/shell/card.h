/* Whose card it is, by the table of people in the state directory. Main thread; reads a file. */
#ifndef KIOSK_SHELL_CARD_H
#define KIOSK_SHELL_CARD_H

#include "kiosk/core/events.h"

/* `person` is the random id, "" where nobody has this card or the table cannot be read, which the
 * log says. No card number is kept or logged. */
void card_find(const char *directory, const char *card, char person[SUBJECT_MAX]);

#endif
