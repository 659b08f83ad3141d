const char *speaks(void)
{
    return "\"易腐垃圾";
}
