#include "kiosk/shell/sound.h"

#include <SDL.h>
#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum {
    NOTES_MAX = 3,
    PEAK = 12000, /* of 32767: loud enough outdoors without clipping small speakers */
    FADE_MS = 8,  /* at both ends of a note, against clicks */
    DRAIN_STEP_MS = 20,
    DRAIN_SPARE_MS = 500
};

struct note {
    int hertz; /* 0: silence */
    int ms;
};

static const struct note tones[SOUND_COUNT][NOTES_MAX] = {
    [SOUND_TAP] = {{1760, 40}},
    [SOUND_WRONG_LID] = {{880, 180}, {587, 320}},
    [SOUND_RECEIPT] = {{784, 120}, {1175, 220}},
    [SOUND_FAULT] = {{330, 150}, {0, 60}, {330, 250}},
};

struct speaker {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    pthread_t thread;
    bool running;  /* the thread was started and not yet joined */
    bool finished; /* it has given the device back and ends: joining takes no time */
    bool closing;
    bool failed, reported;
    int count; /* tones that wait */
    enum sound queue[SOUND_QUEUE_MAX];
    char error[SOUND_ERROR_MAX];
    int16_t samples[SOUND_SAMPLES_MAX];
};

/* ---- samples --------------------------------------------------------------------------------- */

/* sin of a phase of 0..65535 for one turn, -32768..32768: Bhaskara's approximation, within 0.2 %.
 */
static int32_t sine(uint32_t phase)
{
    int64_t x = phase & 0x7FFF;
    int64_t product = x * (0x8000 - x);
    int64_t value = (product << 19) / (5 * ((int64_t)1 << 30) - 4 * product);
    return (int32_t)((phase & 0x8000) != 0 ? -value : value);
}

static int note_samples(const struct note *note, int16_t *samples)
{
    int count = note->ms * SOUND_RATE / 1000, fade = FADE_MS * SOUND_RATE / 1000;
    for (int i = 0; i < count; i++) {
        uint32_t phase = (uint32_t)((int64_t)i * note->hertz * 65536 / SOUND_RATE);
        int edge = i < count - 1 - i ? i : count - 1 - i;
        int loud = edge < fade ? PEAK * edge / fade : PEAK;
        samples[i] = (int16_t)((int64_t)sine(phase) * loud / 32768);
    }
    return count;
}

int sound_samples(enum sound tone, int16_t samples[SOUND_SAMPLES_MAX])
{
    int count = 0;
    for (int i = 0; i < NOTES_MAX && tones[tone][i].ms > 0; i++) {
        count += note_samples(&tones[tone][i], samples + count);
    }
    assert(count <= SOUND_SAMPLES_MAX);
    return count;
}

/* ---- the thread ------------------------------------------------------------------------------ */

static SDL_AudioDeviceID open_device(struct speaker *sound)
{
    SDL_AudioSpec wanted = {
        .freq = SOUND_RATE, .format = AUDIO_S16SYS, .channels = 1, .samples = 512};
    SDL_AudioDeviceID device = 0;
    if (SDL_InitSubSystem(SDL_INIT_AUDIO) == 0) {
        device = SDL_OpenAudioDevice(NULL, 0, &wanted, NULL, 0);
        if (device == 0) {
            SDL_QuitSubSystem(SDL_INIT_AUDIO);
        }
    }
    if (device == 0) {
        pthread_mutex_lock(&sound->lock);
        sound->failed = true;
        snprintf(sound->error, sizeof sound->error,
                 "sound: no device can be opened (%.80s): the kiosk stays silent", SDL_GetError());
        pthread_mutex_unlock(&sound->lock);
    } else {
        SDL_PauseAudioDevice(device, 0);
    }
    return device;
}

/* The next tone; false when nothing came for SOUND_IDLE_MS or the program ends. */
static bool next_tone(struct speaker *sound, enum sound *tone)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += SOUND_IDLE_MS / 1000;
    pthread_mutex_lock(&sound->lock);
    while (sound->count == 0 && !sound->closing &&
           pthread_cond_timedwait(&sound->wake, &sound->lock, &until) == 0) {
    }
    bool have = sound->count > 0 && !sound->closing;
    if (have) {
        *tone = sound->queue[0];
        sound->count--;
        for (int i = 0; i < sound->count; i++) {
            sound->queue[i] = sound->queue[i + 1];
        }
    }
    pthread_mutex_unlock(&sound->lock);
    return have;
}

/* A device that is unplugged while it plays never drains: wait no longer than the tone lasts. */
static void drain(SDL_AudioDeviceID device, int samples)
{
    int left_ms = samples * 1000 / SOUND_RATE + DRAIN_SPARE_MS;
    for (; SDL_GetQueuedAudioSize(device) > 0 && left_ms > 0; left_ms -= DRAIN_STEP_MS) {
        SDL_Delay(DRAIN_STEP_MS);
    }
}

/* False when the thread has nothing more to do; a tone may have come while the device closed. */
static bool is_wanted(struct speaker *sound)
{
    pthread_mutex_lock(&sound->lock);
    bool wanted = sound->count > 0 && !sound->failed && !sound->closing;
    sound->finished = !wanted;
    pthread_mutex_unlock(&sound->lock);
    return wanted;
}

static void *play(void *context)
{
    struct speaker *sound = context;
    while (is_wanted(sound)) {
        SDL_AudioDeviceID device = open_device(sound);
        enum sound tone;
        while (device != 0 && next_tone(sound, &tone)) {
            int count = sound_samples(tone, sound->samples);
            SDL_QueueAudio(device, sound->samples, (uint32_t)count * (uint32_t)sizeof(int16_t));
            drain(device, count);
        }
        if (device != 0) {
            SDL_CloseAudioDevice(device);
            SDL_QuitSubSystem(SDL_INIT_AUDIO);
        }
    }
    SDL_TLSCleanup(); /* the thread is not one of SDL's: its error text would stay */
    return NULL;
}

/* ---- the caller's side ----------------------------------------------------------------------- */

struct speaker *sound_open(void)
{
    struct speaker *sound = calloc(1, sizeof *sound);
    if (sound == NULL) {
        return NULL;
    }
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&sound->lock, NULL);
    pthread_cond_init(&sound->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    return sound;
}

void sound_close(struct speaker *sound)
{
    if (sound == NULL) {
        return;
    }
    if (sound->running) {
        pthread_mutex_lock(&sound->lock);
        sound->closing = true;
        pthread_cond_signal(&sound->wake);
        pthread_mutex_unlock(&sound->lock);
        pthread_join(sound->thread, NULL);
    }
    pthread_cond_destroy(&sound->wake);
    pthread_mutex_destroy(&sound->lock);
    free(sound);
}

void sound_play(struct speaker *sound, enum sound tone)
{
    if (sound == NULL) {
        return;
    }
    pthread_mutex_lock(&sound->lock);
    if (sound->failed) {
        pthread_mutex_unlock(&sound->lock);
        return;
    }
    if (sound->count < SOUND_QUEUE_MAX) {
        sound->queue[sound->count++] = tone;
        pthread_cond_signal(&sound->wake);
    }
    bool join = sound->running && sound->finished;
    pthread_mutex_unlock(&sound->lock);
    if (join) {
        pthread_join(sound->thread, NULL); /* it has nothing left to do: no wait */
        sound->running = false;
    }
    if (!sound->running) {
        sound->finished = false;
        sound->running = pthread_create(&sound->thread, NULL, play, sound) == 0;
    }
}

bool sound_error(struct speaker *sound, char error[SOUND_ERROR_MAX])
{
    pthread_mutex_lock(&sound->lock);
    bool news = sound->failed && !sound->reported;
    if (news) {
        sound->reported = true;
        snprintf(error, SOUND_ERROR_MAX, "%s", sound->error);
    }
    pthread_mutex_unlock(&sound->lock);
    return news;
}
