/* Writes through one connection until a line comes in; prints "ok" when it heard nothing else. */
#include <poll.h>
#include <zookeeper/zookeeper.h>

#include "c_common.h"

static int connected, session_events, node_events;

static void watcher(zhandle_t *zh, int type, int state, const char *path, void *context) {
  pthread_mutex_lock(&mutex);
  if (type == ZOO_SESSION_EVENT) {
    connected = state == ZOO_CONNECTED_STATE;
    session_events++;
  } else {
    node_events++;
  }
  pthread_cond_broadcast(&changed);
  pthread_mutex_unlock(&mutex);
}

int main(int argc, char **argv) {
  struct pollfd input = {.fd = 0, .events = POLLIN};
  struct Stat stat;
  char path[64], data[64];
  int length = sizeof data;
  zoo_set_debug_level(ZOO_LOG_LEVEL_ERROR);
  zhandle_t *zh = zookeeper_init(argv[1], watcher, 60000, NULL, NULL, 0);
  CHECK(zh != NULL);
  await(&connected, 1);
  long long session = zoo_client_id(zh)->client_id;
  CHECK(zoo_create(zh, "/c", "", 0, &ZOO_OPEN_ACL_UNSAFE, ZOO_EPHEMERAL, path, sizeof path) == ZOK);
  CHECK(zoo_create(zh, "/c-watched", "", 0, &ZOO_OPEN_ACL_UNSAFE, 0, path, sizeof path) == ZOK);
  CHECK(zoo_wget(zh, "/c-watched", watcher, NULL, data, &length, &stat) == ZOK);
  int version = 0;
  while (version < 3 || poll(&input, 1, 0) == 0) {
    CHECK(zoo_set2(zh, "/c", "x", 1, -1, &stat) == ZOK);
    CHECK(stat.version == ++version);
    if (version == 3) {
      printf("ready\n");
      fflush(stdout);
    }
  }
  CHECK(node_events == 0);
  CHECK(zoo_set(zh, "/c-watched", "1", 1, -1) == ZOK);
  await(&node_events, 1);
  CHECK(zoo_exists(zh, "/c", 0, &stat) == ZOK && stat.ephemeralOwner == session);
  CHECK(session_events == 1);
  CHECK(zookeeper_close(zh) == ZOK);
  printf("ok\n");
  return 0;
}
