#ifndef HW_RIGHT_H
#define HW_RIGHT_H

int right(void); /* 一致 may be quoted here */

#endif
