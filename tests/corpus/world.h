/* Plays a planned scene: physics in, what instruments display out, in order of time. */
#ifndef TESTS_CORPUS_WORLD_H
#define TESTS_CORPUS_WORLD_H

#include "tests/corpus/scene.h"
#include "tests/corpus/wires.h"

typedef void world_sink(void *context, const struct display *display);

/* 0, or -1 where there is no memory. */
int world_play(const struct scene *scene, world_sink *sink, void *context);

#endif
