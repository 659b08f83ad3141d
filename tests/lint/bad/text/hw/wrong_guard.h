/* A guard after a comment is right, too. */
#ifndef HW_OTHER_H
#define HW_OTHER_H

int wrong_guard(void);

#endif
