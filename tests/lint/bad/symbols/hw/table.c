/* Right: constant, with pointers in it. */
static const char *const names[] = {"one", "two"};
const char *table_name(int i)
{
    return names[i];
}
