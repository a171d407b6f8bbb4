/* Walks the C client through a server; prints "ok", or the line that failed. */
#include <string.h>
#include <zookeeper/zookeeper.h>

#include "c_common.h"

static int connected, last_event;

static void watcher(zhandle_t *zh, int type, int state, const char *path, void *context) {
  pthread_mutex_lock(&mutex);
  if (type == ZOO_SESSION_EVENT) {
    connected = state == ZOO_CONNECTED_STATE;
  } else {
    last_event = type;
  }
  pthread_cond_broadcast(&changed);
  pthread_mutex_unlock(&mutex);
}

static void authenticated(int rc, const void *data) {
  pthread_mutex_lock(&mutex);
  *(int *)data = rc == ZOK ? 1 : -1;
  pthread_cond_broadcast(&changed);
  pthread_mutex_unlock(&mutex);
}

static void nodes(zhandle_t *zh) {
  char path[64], data[64];
  int length = sizeof data;
  struct Stat stat;
  struct String_vector children;
  CHECK(zoo_create(zh, "/c", "1", 1, &ZOO_OPEN_ACL_UNSAFE, 0, path, sizeof path) == ZOK);
  CHECK(strcmp(path, "/c") == 0);
  CHECK(zoo_create(zh, "/c/s-", NULL, -1, &ZOO_OPEN_ACL_UNSAFE, ZOO_SEQUENCE, path, sizeof path) == ZOK);
  CHECK(strcmp(path, "/c/s-0000000000") == 0);
  CHECK(zoo_create(zh, "/c/e", "", 0, &ZOO_OPEN_ACL_UNSAFE, ZOO_EPHEMERAL, path, sizeof path) == ZOK);
  CHECK(zoo_create(zh, "/c", "1", 1, &ZOO_OPEN_ACL_UNSAFE, 0, path, sizeof path) == ZNODEEXISTS);
  CHECK(zoo_get(zh, "/c/s-0000000000", 0, data, &length, &stat) == ZOK);
  CHECK(length == -1);
  length = sizeof data;
  CHECK(zoo_get(zh, "/c", 0, data, &length, &stat) == ZOK);
  CHECK(length == 1 && data[0] == '1' && stat.cversion == 2 && stat.numChildren == 2);
  CHECK(zoo_set2(zh, "/c", "22", 2, 0, &stat) == ZOK && stat.version == 1);
  CHECK(zoo_set(zh, "/c", "x", 1, 0) == ZBADVERSION);
  CHECK(zoo_get_children2(zh, "/c", 0, &children, &stat) == ZOK && children.count == 2);
  deallocate_String_vector(&children);
  CHECK(zoo_get_children(zh, "/c/e", 0, &children) == ZOK && children.count == 0);
  deallocate_String_vector(&children);
  CHECK(zoo_exists(zh, "/none", 0, &stat) == ZNONODE);
  CHECK(zoo_delete(zh, "/c", -1) == ZNOTEMPTY);
  CHECK(zoo_delete(zh, "/c/e", 0) == ZOK);
  CHECK(zoo_create2(zh, "/c2", "1", 1, &ZOO_OPEN_ACL_UNSAFE, 0, path, sizeof path, &stat) == ZOK);
  CHECK(stat.czxid > 0 && stat.dataLength == 1);
}

static void watches(zhandle_t *zh) {
  struct Stat stat;
  char path[64], data[64];
  int length = sizeof data;
  CHECK(zoo_wexists(zh, "/w", watcher, NULL, &stat) == ZNONODE);
  CHECK(zoo_create(zh, "/w", "1", 1, &ZOO_OPEN_ACL_UNSAFE, 0, path, sizeof path) == ZOK);
  await(&last_event, ZOO_CREATED_EVENT);
  CHECK(zoo_wget(zh, "/w", watcher, NULL, data, &length, &stat) == ZOK);
  CHECK(zoo_set(zh, "/w", "2", 1, -1) == ZOK);
  await(&last_event, ZOO_CHANGED_EVENT);
  struct String_vector children;
  CHECK(zoo_wget_children(zh, "/w", watcher, NULL, &children) == ZOK);
  CHECK(zoo_create(zh, "/w/x", "1", 1, &ZOO_OPEN_ACL_UNSAFE, 0, path, sizeof path) == ZOK);
  await(&last_event, ZOO_CHILD_EVENT);
}

static void transactions(zhandle_t *zh) {
  char first[64], second[64];
  struct Stat stat;
  zoo_op_t ops[4];
  zoo_op_result_t results[4];
  zoo_create_op_init(&ops[0], "/m", "1", 1, &ZOO_OPEN_ACL_UNSAFE, 0, first, sizeof first);
  zoo_create_op_init(&ops[1], "/m/s-", "1", 1, &ZOO_OPEN_ACL_UNSAFE, ZOO_SEQUENCE, second, sizeof second);
  zoo_set_op_init(&ops[2], "/m", "2", 1, 0, &stat);
  zoo_check_op_init(&ops[3], "/m", 1);
  CHECK(zoo_multi(zh, 4, ops, results) == ZOK);
  CHECK(strcmp(second, "/m/s-0000000000") == 0 && stat.version == 1);
  zoo_delete_op_init(&ops[0], "/m/s-0000000000", -1);
  zoo_check_op_init(&ops[1], "/m", 9);
  zoo_delete_op_init(&ops[2], "/m", -1);
  CHECK(zoo_multi(zh, 3, ops, results) == ZBADVERSION);
  CHECK(results[0].err == ZOK && results[1].err == ZBADVERSION);
  CHECK(results[2].err == ZRUNTIMEINCONSISTENCY);
  CHECK(zoo_exists(zh, "/m/s-0000000000", 0, &stat) == ZOK);
}

static void identities(zhandle_t *zh, zhandle_t *other) {
  char path[64], data[64];
  int length = sizeof data, done = 0;
  struct Stat stat;
  struct ACL_vector acl;
  CHECK(zoo_add_auth(zh, "digest", "user:pass", 9, authenticated, &done) == ZOK);
  await(&done, 1);
  CHECK(zoo_create(zh, "/locked", "1", 1, &ZOO_CREATOR_ALL_ACL, 0, path, sizeof path) == ZOK);
  CHECK(zoo_get(other, "/locked", 0, data, &length, &stat) == ZNOAUTH);
  CHECK(zoo_get_acl(zh, "/locked", &acl, &stat) == ZOK && acl.count == 1);
  CHECK(strcmp(acl.data[0].id.scheme, "digest") == 0);
  deallocate_ACL_vector(&acl);
  CHECK(zoo_set_acl(zh, "/locked", 0, &ZOO_OPEN_ACL_UNSAFE) == ZOK);
  length = sizeof data;
  CHECK(zoo_get(other, "/locked", 0, data, &length, &stat) == ZOK);
}

int main(int argc, char **argv) {
  struct Stat stat;
  char path[64];
  zoo_set_debug_level(ZOO_LOG_LEVEL_ERROR);
  zhandle_t *zh = zookeeper_init(argv[1], watcher, 30000, NULL, NULL, 0);
  CHECK(zh != NULL);
  await(&connected, 1);
  connected = 0;
  zhandle_t *other = zookeeper_init(argv[1], watcher, 30000, NULL, NULL, 0);
  await(&connected, 1);
  nodes(zh);
  watches(zh);
  transactions(zh);
  identities(zh, other);
  CHECK(zoo_create(zh, "/e", "", 0, &ZOO_OPEN_ACL_UNSAFE, ZOO_EPHEMERAL, path, sizeof path) == ZOK);
  CHECK(zoo_exists(other, "/e", 0, &stat) == ZOK);
  CHECK(stat.ephemeralOwner == zoo_client_id(zh)->client_id);
  CHECK(zookeeper_close(zh) == ZOK);
  CHECK(zoo_exists(other, "/e", 0, &stat) == ZNONODE);
  CHECK(zookeeper_close(other) == ZOK);
  printf("ok\n");
  return 0;
}
