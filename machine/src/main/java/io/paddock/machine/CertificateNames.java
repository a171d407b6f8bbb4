package io.paddock.machine;

import io.netty.util.NetUtil;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/**
 * The hosts that a certificate names (security sheet, section 4): those among its subject
 * alternative names; the common name only when there are none.
 *
 * @param dns names, which may have one {@code *}
 * @param ips addresses as text
 */
public record CertificateNames(List<String> dns, List<String> ips) {
  private static final int SAN_DNS = 2;
  private static final int SAN_IP = 7;

  public static CertificateNames of(X509Certificate certificate) {
    List<String> dns = new ArrayList<>();
    List<String> ips = new ArrayList<>();
    try {
      Collection<List<?>> sans = certificate.getSubjectAlternativeNames();
      for (List<?> san : sans == null ? List.<List<?>>of() : sans) {
        if (san.get(0).equals(SAN_DNS)) {
          dns.add((String) san.get(1));
        } else if (san.get(0).equals(SAN_IP)) {
          ips.add((String) san.get(1));
        }
      }
    } catch (CertificateParsingException e) {
      // As if it had none.
    }
    if (dns.isEmpty() && ips.isEmpty()) {
      dns.addAll(commonNames(certificate));
    }
    return new CertificateNames(dns, ips);
  }

  private static List<String> commonNames(X509Certificate certificate) {
    try {
      return new LdapName(certificate.getSubjectX500Principal().getName())
          .getRdns().stream()
              .filter(rdn -> rdn.getType().equalsIgnoreCase("CN"))
              .map(Rdn::getValue)
              .map(Object::toString)
              .toList();
    } catch (InvalidNameException e) {
      return List.of();
    }
  }

  /** Whether that is an address, and no name. */
  public static boolean isAddress(String host) {
    return NetUtil.createByteArrayFromIpAddressString(host) != null;
  }

  /** Whether it names this host, a name or an address. */
  public boolean has(String host) {
    byte[] address = NetUtil.createByteArrayFromIpAddressString(host);
    if (address != null) {
      return ips.stream()
          .anyMatch(
              ip ->
                  java.util.Arrays.equals(NetUtil.createByteArrayFromIpAddressString(ip), address));
    }
    return dns.stream().anyMatch(name -> matches(name, host));
  }

  /** One {@code *} stands for any text without a dot. */
  private static boolean matches(String pattern, String host) {
    String wanted = pattern.toLowerCase(Locale.ROOT);
    String given = host.toLowerCase(Locale.ROOT);
    int star = wanted.indexOf('*');
    if (star < 0) {
      return wanted.equals(given);
    }
    String before = wanted.substring(0, star);
    String after = wanted.substring(star + 1);
    return given.length() >= before.length() + after.length()
        && given.startsWith(before)
        && given.endsWith(after)
        && given.substring(before.length(), given.length() - after.length()).indexOf('.') < 0;
  }

  @Override
  public String toString() {
    List<String> all = new ArrayList<>(dns);
    all.addAll(ips);
    return all.isEmpty() ? "no host" : String.join(", ", all);
  }
}
