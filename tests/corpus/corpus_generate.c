/* Writes captures with their site files and truths:
 *
 *     corpus_generate LEVEL SPLIT SEED COUNT DIRECTORY
 *
 * LEVEL calm busy rough broken idle; SPLIT fit held-out. Files LEVEL-SPLIT-SEED.capture, .cfg and
 * .tsv for COUNT seeds from SEED on; idle ones are long: 24 h.
 */
#include "tests/corpus/capture_file.h"
#include "tests/corpus/site_file.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static int find(const char *name, const char *const *names, int count)
{
    int at = 0;
    while (at < count && strcmp(names[at], name) != 0) {
        at++;
    }
    return at;
}

static FILE *create(const struct scene *scene, const char *directory, const char *suffix)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s-%s-%" PRIu64 ".%s", directory,
             corpus_level_names[scene->level], corpus_split_names[scene->split], scene->seed,
             suffix);
    FILE *file = fopen(path, "we");
    if (file == NULL) {
        fprintf(stderr, "corpus_generate: %s: %s\n", path, strerror(errno));
    }
    return file;
}

static int write_one(const struct scene *scene, const char *directory)
{
    FILE *capture = create(scene, directory, "capture");
    FILE *site = create(scene, directory, "cfg");
    FILE *truth = create(scene, directory, "tsv");
    int result = -1;
    if (capture != NULL && site != NULL && truth != NULL) {
        char text[SITE_FILE_MAX];
        site_file_write(scene, text);
        fputs(text, site);
        truth_write(scene, truth);
        result = capture_file_write(scene, capture);
    }
    FILE *const files[] = {capture, site, truth};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        if (files[i] != NULL && fclose(files[i]) != 0) {
            fprintf(stderr, "corpus_generate: %s: %s\n", directory, strerror(errno));
            result = -1;
        }
    }
    return result;
}

int main(int argc, char **argv)
{
    int level = argc == 6 ? find(argv[1], corpus_level_names, LEVEL_COUNT) : LEVEL_COUNT;
    int split = argc == 6 ? find(argv[2], corpus_split_names, SPLIT_COUNT) : SPLIT_COUNT;
    if (level == LEVEL_COUNT || split == SPLIT_COUNT) {
        fputs("usage: corpus_generate calm|busy|rough|broken|idle fit|held-out SEED COUNT DIR\n",
              stderr);
        return 2;
    }
    struct scene *scene = scene_new();
    uint64_t seed = strtoull(argv[3], NULL, 10);
    int result = scene == NULL ? -1 : 0;
    for (uint64_t i = 0; result == 0 && i < strtoull(argv[4], NULL, 10); i++) {
        scene_begin(scene, (enum corpus_level)level, (enum corpus_split)split, seed + i,
                    capture_duration_ms((enum corpus_level)level));
        scene_plan(scene);
        truth_judge(scene);
        result = write_one(scene, argv[5]);
    }
    scene_free(scene);
    return result == 0 ? 0 : 1;
}
