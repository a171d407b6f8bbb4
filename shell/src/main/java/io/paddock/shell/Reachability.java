package io.paddock.shell;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.zookeeper.client.ConnectStringParser;

/** Says why no server of a connect string could be used, and what to do about it. */
final class Reachability {
  private static final int TRY_MILLIS = 2000;
  private static final int ANSWER_BYTES = 200;

  private Reachability() {}

  /** The same for a client in plain text. */
  static List<String> explain(String connectString) {
    return explain(connectString, new ConnectionCauses(null));
  }

  /** One line per address, by trying each as the client does; takes some seconds per address. */
  static List<String> explain(String connectString, ConnectionCauses causes) {
    List<String> lines = new ArrayList<>();
    for (InetSocketAddress address : addresses(connectString)) {
      String name = address.getHostString() + ":" + address.getPort();
      lines.add("  " + name + ": " + attempt(address, causes));
    }
    return lines;
  }

  private static List<InetSocketAddress> addresses(String connectString) {
    return new ConnectStringParser(connectString).getServerAddresses();
  }

  /** What the server says of itself; empty when it does not, or not soon. */
  private static String srvr(Socket socket) throws SocketException {
    socket.setSoTimeout(TRY_MILLIS);
    try {
      socket.getOutputStream().write("srvr".getBytes(StandardCharsets.US_ASCII));
      return new String(
          socket.getInputStream().readNBytes(ANSWER_BYTES), StandardCharsets.US_ASCII);
    } catch (IOException e) {
      return "";
    }
  }

  private static String attempt(InetSocketAddress address, ConnectionCauses causes) {
    var resolved = new InetSocketAddress(address.getHostString(), address.getPort());
    if (resolved.isUnresolved()) {
      return "the host name cannot be resolved; check its spelling, DNS or /etc/hosts";
    }
    try (var socket = new Socket()) {
      socket.connect(resolved, TRY_MILLIS);
      if (causes.secure()) {
        // A four-letter word in plain text would have the server warn of us.
        return causes
            .connection(address.getHostString(), address.getPort())
            .orElse("answers by TLS, and takes this client; try again");
      }
      String answer = srvr(socket);
      if (answer.startsWith("Zookeeper version")) {
        return "answers, and serves clients; try again";
      }
      if (answer.contains("not currently serving requests")) {
        return "runs, and serves nobody: it has no leader, and its log says whom it waits for";
      }
      Optional<String> tls = causes.connection(address.getHostString(), address.getPort());
      if (tls.isPresent()) {
        return tls.get();
      }
      return "accepts connections but did not answer as a ZooKeeper server; check the port (a TLS,"
          + " quorum or admin port?), the server's log, and maxClientCnxns";
    } catch (SocketTimeoutException e) {
      return "no answer within %d ms; check the address and any firewall in between"
          .formatted(TRY_MILLIS);
    } catch (ConnectException e) {
      return "connection refused, nothing listens there; is the server started (bin/zkServer.sh"
          + " status) and is this its clientPort?";
    } catch (IOException e) {
      return e.getMessage() == null ? "the connection broke" : e.getMessage();
    }
  }
}
