/* The site file that goes with a capture. */
#ifndef TESTS_CORPUS_SITE_FILE_H
#define TESTS_CORPUS_SITE_FILE_H

#include "tests/corpus/scene.h"

enum { SITE_FILE_MAX = 8192 };

/* NUL-terminated; asserts that it fits. */
void site_file_write(const struct scene *scene, char text[SITE_FILE_MAX]);

#endif
