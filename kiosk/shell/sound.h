/* Short tones of our own: a tap, a wrong lid, a receipt, a fault.
 *
 * Opening a sound device can take a quarter of a second, so it happens in a thread of its own that
 * begins with the first tone and gives the device back after SOUND_IDLE_MS of silence. The caller
 * never waits: a tone that does not fit the queue is dropped. A machine without sound costs one
 * message and nothing else.
 *
 * sound_play() and sound_error() belong to one thread (main), like open and close.
 */
#ifndef KIOSK_SHELL_SOUND_H
#define KIOSK_SHELL_SOUND_H

#include "kiosk/core/events.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    SOUND_IDLE_MS = 3000,
    SOUND_RATE = 22050, /* samples a second, 16 bits, mono */
    SOUND_QUEUE_MAX = 4,
    SOUND_ERROR_MAX = 160,
    SOUND_SAMPLES_MAX = SOUND_RATE /* the longest tone is a second */
};

struct speaker;

/* No device is touched. NULL only without memory. */
struct speaker *sound_open(void);

/* Waits for the thread, at most as long as a tone. NULL is allowed. */
void sound_close(struct speaker *sound);

/* NULL is a kiosk without sound. */
void sound_play(struct speaker *sound, enum sound tone);

/* True once, with a message, after the device could not be opened. */
bool sound_error(struct speaker *sound, char error[SOUND_ERROR_MAX]);

/* The samples of a tone; returns how many, at most SOUND_SAMPLES_MAX. Pure. */
int sound_samples(enum sound tone, int16_t samples[SOUND_SAMPLES_MAX]);

#endif
