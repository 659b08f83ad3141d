int sqlite3_close(void *db);
int stores(void *db)
{
    return sqlite3_close(db);
}
