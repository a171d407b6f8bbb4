/* Writes through one connection until a line comes in; prints "ok" when it heard nothing else. */
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <zookeeper/zookeeper.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int connected, session_events, node_events;

#define CHECK(condition)                                               \
  do {                                                                 \
    if (!(condition)) {                                                \
      printf("line %d: %s\n", __LINE__, #condition);                   \
      exit(1);                                                         \
    }                                                                  \
  } while (0)

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

static void await(int *value, int wanted) {
  struct timespec deadline;
  clock_gettime(CLOCK_REALTIME, &deadline);
  deadline.tv_sec += 15;
  pthread_mutex_lock(&mutex);
  while (*value != wanted) {
    CHECK(pthread_cond_timedwait(&changed, &mutex, &deadline) == 0);
  }
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
