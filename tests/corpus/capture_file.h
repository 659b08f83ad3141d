/* A scene as a capture in the design's format. */
#ifndef TESTS_CORPUS_CAPTURE_FILE_H
#define TESTS_CORPUS_CAPTURE_FILE_H

#include "tests/corpus/scene.h"

/* How long a capture of a level lasts, so that it holds about 40 visits. */
int64_t capture_duration_ms(enum corpus_level level);

/* 0, or -1 where there is no memory; write errors are the stream's. */
int capture_file_write(const struct scene *scene, FILE *file);

#endif
