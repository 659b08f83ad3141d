/* Power cuts: at every sync of every scene, on media of several kinds, the ledger that is left
 * opens unaided and holds everything that was acknowledged.
 *
 *     crash --seed N --draws N --one-in N
 *
 * At each sync two cuts are certain (nothing or everything unsynced is lost) and `draws` are drawn;
 * of all these one in `one-in` is carried out. One in 16 of those is cut again while the ledger is
 * being opened after it.
 */
#include "tests/faults/medium.h"
#include "tests/faults/scenes.h"
#include "tests/faults/vfs.h"
#include "tests/faults/workshop.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { AGAIN_ONE_IN = 16, SCENE_SIZE = 20 /* 200 deposits */ };

struct device {
    int sector;
    bool powersafe;
};

static const struct device devices[] = {{512, true}, {4096, true}, {512, false}, {4096, false}};

struct crash {
    uint64_t random;
    int draws, one_in;
    const struct scene *scene;
    const struct device *device;
    struct witness *witness;
    struct medium *medium; /* of the scene */
    char cut[256], again[256];
    long syncs, points, points_again, failures;
};

static void report(struct crash *crash, const char *what, const struct cut *cut, const char *reason)
{
    crash->failures++;
    printf("WRONG: %s, sectors of %d%s, sync %ld, %s, manner %d, seed %llu: %s\n",
           crash->scene->name, crash->device->sector, crash->device->powersafe ? "" : " torn",
           crash->syncs, what, cut->manner, (unsigned long long)cut->seed, reason);
}

static struct cut draw_cut(struct crash *crash, enum cut_manner manner)
{
    return (struct cut){
        .manner = manner,
        .seed = medium_random(&crash->random),
        .sector = crash->device->sector,
        .whole_sectors = !crash->device->powersafe,
    };
}

static void cut_again(void *context, struct medium *medium)
{
    struct crash *crash = context;
    char reason[WITNESS_REASON_MAX];
    struct cut cut = draw_cut(crash, CUT_AT_RANDOM);
    medium_cut(medium, &cut, crash->again);
    crash->points++;
    crash->points_again++;
    if (!witness_check(crash->witness, crash->again, reason)) {
        report(crash, "cut again", &cut, reason);
    }
}

static void cut_here(struct crash *crash, enum cut_manner manner)
{
    char reason[WITNESS_REASON_MAX];
    struct cut cut = draw_cut(crash, manner);
    if (medium_random(&crash->random) % (uint64_t)crash->one_in != 0) {
        return;
    }
    medium_cut(crash->medium, &cut, crash->cut);
    struct medium *watched = NULL;
    if (medium_random(&crash->random) % AGAIN_ONE_IN == 0) {
        watched = medium_watch(crash->cut);
        medium_on_sync(watched, cut_again, crash);
    }
    crash->points++;
    if (!witness_check(crash->witness, crash->cut, reason)) {
        report(crash, "cut", &cut, reason);
    }
    if (watched != NULL) {
        medium_free(watched);
    }
}

static void on_sync(void *context, struct medium *medium)
{
    struct crash *crash = context;
    (void)medium;
    crash->syncs++;
    cut_here(crash, CUT_DROPS_ALL);
    cut_here(crash, CUT_KEEPS_ALL);
    for (int i = 0; i < crash->draws; i++) {
        cut_here(crash, CUT_AT_RANDOM);
    }
}

static void play(struct crash *crash)
{
    static struct witness witness;
    char directory[256];
    workshop_directory("ledger", directory);
    witness = (struct witness){.directory = directory, .size = SCENE_SIZE};
    vfs_set_device(crash->device->sector, crash->device->powersafe);
    if (crash->scene->prepare != NULL) {
        crash->scene->prepare(&witness);
    }
    crash->witness = &witness;
    crash->medium = medium_watch(directory);
    medium_on_sync(crash->medium, on_sync, crash);
    int before = witness.count;
    crash->scene->play(&witness);
    on_sync(crash, crash->medium); /* a cut after the end */
    medium_free(crash->medium);
    if (witness.count == before || witness.has_waiting) {
        crash->failures++;
        printf("WRONG: %s does not get to its end undisturbed\n", crash->scene->name);
    }
}

int main(int count, char **arguments)
{
    static struct crash crash;
    uint64_t seed = workshop_option(count, arguments, "--seed", 1);
    crash.draws = (int)workshop_option(count, arguments, "--draws", 4);
    crash.one_in = (int)workshop_option(count, arguments, "--one-in", 1);
    printf("seed %llu\n", (unsigned long long)seed);
    workshop_make();
    workshop_directory("cut", crash.cut);
    workshop_directory("again", crash.again);
    vfs_register();
    crash.random = seed;
    long total = 0;
    for (int i = 0; i < scene_count; i++) {
        crash.scene = &scenes[i];
        crash.points = crash.points_again = crash.syncs = 0;
        for (size_t k = 0; k < sizeof devices / sizeof *devices; k++) {
            crash.device = &devices[k];
            play(&crash);
        }
        printf("%-10s %6ld syncs %7ld crash points, %ld of them in a recovery\n", crash.scene->name,
               crash.syncs, crash.points, crash.points_again);
        fflush(stdout);
        total += crash.points;
    }
    if (vfs_retried_syncs() != 0) {
        crash.failures++;
        printf("WRONG: %ld failed syncs were tried again\n", vfs_retried_syncs());
    }
    printf("%ld crash points, %ld wrong\n", total, crash.failures);
    return crash.failures == 0 && total > 0 ? 0 : 1;
}
