#include "kiosk/shell/gate.h"

#include "kiosk/shell/ring.h"

#include <poll.h>
#include <pthread.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct gate_job {
    char pin[PIN_DIGITS_MAX + 1];
};

struct gate {
    struct gate_pins pins;
    int wake_main, wake_gate;
    pthread_t thread;
    atomic_bool stopping;
    struct ring jobs, answers;
};

struct gate_verdict gate_judge(const struct gate_pins *pins, const char *pin, bool marks)
{
    size_t length = strlen(pin);
    if (pin[0] == GATE_MARK) {
        bool known = marks && length <= ROLE_COUNT;
        return (struct gate_verdict){.accepted = known,
                                     .role = known ? (enum role)(length - 1) : 0};
    }
    if (sodium_init() < 0) {
        return (struct gate_verdict){0};
    }
    for (enum role role = 0; role < ROLE_COUNT; role++) {
        const char *hash = pins->hashes[role];
        if (hash[0] != '\0' && crypto_pwhash_str_verify(hash, pin, length) == 0) {
            return (struct gate_verdict){.accepted = true, .role = role};
        }
    }
    return (struct gate_verdict){0};
}

static void *gate_main(void *context)
{
    struct gate *gate = context;
    while (!atomic_load(&gate->stopping)) {
        struct gate_job job;
        while (ring_take(&gate->jobs, &job)) {
            struct gate_verdict verdict = gate_judge(&gate->pins, job.pin, false);
            sodium_memzero(&job, sizeof job);
            ring_put(&gate->answers, &verdict);
            wake_up(gate->wake_main);
        }
        struct pollfd wake = {.fd = gate->wake_gate, .events = POLLIN};
        poll(&wake, 1, -1);
        wake_drain(gate->wake_gate);
    }
    return NULL;
}

struct gate *gate_open(const struct gate_pins *pins, int wake)
{
    struct gate *gate = calloc(1, sizeof *gate);
    if (gate == NULL) {
        return NULL;
    }
    gate->pins = *pins;
    gate->wake_main = wake;
    gate->wake_gate = wake_open();
    if (gate->wake_gate < 0 || !ring_open(&gate->jobs, sizeof(struct gate_job), 4) ||
        !ring_open(&gate->answers, sizeof(struct gate_verdict), 4) ||
        pthread_create(&gate->thread, NULL, gate_main, gate) != 0) {
        free(gate);
        return NULL;
    }
    return gate;
}

void gate_close(struct gate *gate)
{
    if (gate == NULL) {
        return;
    }
    atomic_store(&gate->stopping, true);
    wake_up(gate->wake_gate);
    pthread_join(gate->thread, NULL);
    ring_close(&gate->jobs);
    ring_close(&gate->answers);
    close(gate->wake_gate);
    free(gate);
}

void gate_check(struct gate *gate, const char *pin)
{
    struct gate_job job = {{0}};
    strncpy(job.pin, pin, sizeof job.pin - 1);
    ring_put(&gate->jobs, &job);
    wake_up(gate->wake_gate);
    sodium_memzero(&job, sizeof job);
}

bool gate_answer(struct gate *gate, struct gate_verdict *verdict)
{
    return ring_take(&gate->answers, verdict);
}
