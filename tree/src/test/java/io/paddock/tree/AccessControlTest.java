package io.paddock.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paddock.wire.Acl;
import io.paddock.wire.ErrorCode;
import io.paddock.wire.Id;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AccessControlTest {
  private static final Id HERE = new Id("ip", "127.0.0.1");
  private static final Id ALICE = new Id("digest", "alice:uLxpHc/uhT86OXPoSjJTp1M8CJY=");
  private static final Id ANYONE = new Id("world", "anyone");
  private static final String SUPER = "super:ejTEktBHDg2P+Yhtnvp/bcc3WCE=";

  private final AccessControl access =
      new AccessControl(
          new AccessSettings(false, Optional.of(new DigestScheme("SHA1", Optional.of(SUPER)))));

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static AclList list(Acl... entries) {
    return AclList.of(List.of(entries));
  }

  private ErrorCode fixup(List<Acl> acl, Id... ids) {
    return access.fixup(acl, List.of(ids), new ArrayList<>());
  }

  @Test
  void digestIdsAreThoseOfTheSheet() {
    assertThat(DigestIds.of("SHA1", bytes("alice:s3cret"))).isEqualTo(ALICE);
    assertThat(DigestIds.of("SHA1", bytes("super:paddock")).id()).isEqualTo(SUPER);
    assertThat(DigestIds.of("SHA1", bytes("bob")).id()).startsWith("bob:").hasSize(32);
    assertThatThrownBy(() -> DigestIds.of("NONE-1", bytes("a:b")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("NONE-1");
  }

  @Test
  void anAuthPacketAddsWhatItProves() {
    assertThat(access.authenticate("digest", bytes("alice:s3cret"), "127.0.0.1"))
        .containsExactly(ALICE);
    assertThat(access.authenticate("digest", bytes("super:paddock"), "127.0.0.1"))
        .containsExactly(new Id("super", ""), new Id("digest", SUPER));
    assertThat(access.authenticate("ip", null, "127.0.0.1")).containsExactly(HERE);
    assertThat(access.authenticate("digest", null, "127.0.0.1")).isNull();
    for (String scheme : Arrays.asList("world", "auth", "super", "sasl", "x509", "", null)) {
      assertThat(access.authenticate(scheme, bytes("a:b"), "127.0.0.1")).as(scheme).isNull();
    }
  }

  @Test
  void oneOfTheBitsSuffices() {
    AclList acl = list(new Acl(Acl.READ, ANYONE), new Acl(Acl.WRITE | Acl.ADMIN, ALICE));
    assertThat(access.permits(acl, Acl.READ, List.of())).isTrue();
    assertThat(access.permits(acl, Acl.WRITE, List.of(HERE))).isFalse();
    assertThat(access.permits(acl, Acl.WRITE, List.of(HERE, ALICE))).isTrue();
    assertThat(access.permits(acl, Acl.DELETE, List.of(ALICE))).isFalse();
    assertThat(access.permits(acl, Acl.DELETE | Acl.ADMIN, List.of(ALICE))).isTrue();
    assertThat(access.permits(acl, Acl.DELETE, List.of(new Id("super", "")))).isTrue();
  }

  @Test
  void anEmptyListAndSkipAclPermitEverything() {
    assertThat(access.permits(AclList.of(List.of()), Acl.ADMIN, List.of())).isTrue();
    AccessControl open =
        new AccessControl(
            new AccessSettings(true, Optional.of(new DigestScheme("SHA1", Optional.empty()))));
    assertThat(open.permits(list(new Acl(0, ALICE)), Acl.ADMIN, List.of())).isTrue();
  }

  @Test
  void schemesThatAreNotKnownMatchNobodyAndProveNothing() {
    for (String scheme : List.of("sasl", "x509", "foo")) {
      Id ann = new Id(scheme, "ann");
      assertThat(access.permits(list(new Acl(31, ann)), Acl.READ, List.of(ann))).isFalse();
      assertThat(fixup(List.of(new Acl(31, new Id("auth", ""))), ann))
          .isEqualTo(ErrorCode.INVALIDACL);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "bob, bob, true",
    "bob, alice, false",
    "bob, super, true",
    "anyUser, alice, true",
    "anyUsers, alice, false",
    "bob@R, bob, false",
  })
  void anIdOfSaslMatchesItselfAndWhatStandsForEverybody(String wanted, String own, boolean yes) {
    AccessControl known = sasl(true);
    AclList acl = list(new Acl(31, new Id("sasl", wanted)));
    assertThat(known.permits(acl, Acl.READ, List.of(HERE, new Id("sasl", own)))).isEqualTo(yes);
    assertThat(known.permits(acl, Acl.READ, List.of(HERE))).isFalse();
    assertThat(sasl(false).permits(acl, Acl.READ, List.of(new Id("sasl", own)))).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "bob, OK",
    "'', OK",
    "bob/host, OK",
    "bob@R, OK",
    "bob/host@R, OK",
    "@R, OK",
    "/@, OK",
    "a/b/c, OK",
    "a/b/c@R, INVALIDACL",
    "a@b@R, INVALIDACL",
    "a@b/c, INVALIDACL",
    ", MARSHALLINGERROR",
  })
  void anIdOfSaslIsAPrincipalOrAWord(String id, ErrorCode expected) {
    List<Acl> acl = List.of(new Acl(31, new Id("sasl", id)));
    assertThat(sasl(true).fixup(acl, List.of(), new ArrayList<>())).isEqualTo(expected);
    assertThat(sasl(false).fixup(acl, List.of(), new ArrayList<>()))
        .isEqualTo(ErrorCode.INVALIDACL);
  }

  @Test
  void aLoginBySaslProvesOneIdentityAndMakesASuperUserOfWhoIsOne() {
    AccessControl known = sasl(true);
    Id bob = new Id("sasl", "bob");
    assertThat(known.loggedIn("bob")).containsExactly(bob);
    assertThat(known.loggedIn("root")).containsExactly(new Id("super", ""), new Id("sasl", "root"));
    // No list of its own: what is stored names who somebody is.
    assertThat(known.fixup(List.of(new Acl(5, new Id("auth", ""))), List.of(HERE, bob)))
        .containsExactly(new Acl(5, bob));
    assertThat(known.user(bob)).isEqualTo("bob");
    // As Apache's: without the provider it does not know how to say it.
    assertThat(sasl(false).loggedIn("bob")).containsExactly(bob);
    assertThat(sasl(false).user(bob)).isEmpty();
    assertThat(known.user(ALICE)).isEqualTo("alice");
    assertThat(known.user(HERE)).isEqualTo("127.0.0.1");
  }

  private static AccessControl sasl(boolean inLists) {
    return new AccessControl(
        new AccessSettings(
            false,
            Optional.empty(),
            Optional.empty(),
            new SaslScheme(inLists, Set.of("root", "admin"), Optional.of("anyUser"))));
  }

  @Test
  void aSuperUserByCertificateIsToldApartFromOneByPassword() {
    AccessControl control =
        new AccessControl(
            new AccessSettings(
                false,
                Optional.empty(),
                Optional.of(new X509Scheme(Optional.of("CN=root"))),
                SaslScheme.NONE));
    Id root = new Id("x509", "CN=root");
    assertThat(control.certified("CN=root")).containsExactly(new Id("super", "CN=root"), root);
    assertThat(control.certified("CN=ann")).containsExactly(new Id("x509", "CN=ann"));
    assertThat(control.user(new Id("super", "CN=root"))).isEmpty();
    assertThat(
            control.permits(AclList.of(List.of(new Acl(0, HERE))), 1, control.certified("CN=root")))
        .isTrue();
  }

  @Test
  void duplicatesGoAndTheOrderStays() {
    Acl ip = new Acl(1, HERE);
    Acl world = new Acl(31, ANYONE);
    assertThat(access.fixup(List.of(ip, world, ip, world), List.of())).containsExactly(ip, world);
  }

  @Test
  void authStandsForWhoProvedWhoTheyAre() {
    Id bob = new Id("digest", "bob:x");
    List<Acl> acl = List.of(new Acl(5, new Id("auth", "whatever")));
    assertThat(access.fixup(acl, List.of(HERE, ALICE, new Id("super", ""), bob)))
        .containsExactly(new Acl(5, ALICE), new Acl(5, bob));
    assertThat(access.fixup(List.of(new Acl(5, new Id("auth", null))), List.of(ALICE)))
        .containsExactly(new Acl(5, ALICE));
    assertThat(access.fixup(acl, List.of(HERE, new Id("super", "")))).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "world, anyone, OK",
    "world, someone, INVALIDACL",
    "digest, a:b, OK",
    "digest, a:, INVALIDACL",
    "digest, :b, OK",
    "digest, a, INVALIDACL",
    "digest, a:b:c, INVALIDACL",
    "ip, 10.0.0.1, OK",
    "ip, 10.0.0.1/33, INVALIDACL",
    "sasl, ann, INVALIDACL",
    "x509, CN=ann, INVALIDACL",
    "super, '', INVALIDACL",
    "foo, bar, INVALIDACL",
    ", x, INVALIDACL",
    "foo, , INVALIDACL",
    "world, , MARSHALLINGERROR",
    "digest, , MARSHALLINGERROR",
    "ip, , MARSHALLINGERROR",
  })
  void anEntryIsValidOrNot(String scheme, String id, ErrorCode expected) {
    assertThat(fixup(List.of(new Acl(31, new Id(scheme, id))))).isEqualTo(expected);
  }

  @Test
  void aListMustBeThere() {
    assertThat(fixup(null)).isEqualTo(ErrorCode.INVALIDACL);
    assertThat(fixup(List.of())).isEqualTo(ErrorCode.INVALIDACL);
    assertThat(fixup(List.of(new Acl(31, null)))).isEqualTo(ErrorCode.INVALIDACL);
  }

  @Test
  void aNullThatMustBeComparedIsAMarshallingError() {
    Acl named = new Acl(31, new Id("auth", ""));
    Acl nameless = new Acl(31, new Id("auth", null));
    assertThat(fixup(List.of(named, nameless), ALICE)).isEqualTo(ErrorCode.MARSHALLINGERROR);
    assertThat(fixup(List.of(nameless, named), ALICE)).isEqualTo(ErrorCode.OK);
    Acl otherPerms = new Acl(1, new Id("auth", null));
    assertThat(fixup(List.of(named, otherPerms), ALICE)).isEqualTo(ErrorCode.OK);
    Acl schemeless = new Acl(31, new Id(null, "x"));
    assertThat(fixup(List.of(named, schemeless), ALICE)).isEqualTo(ErrorCode.MARSHALLINGERROR);
  }

  @Test
  void aLongListIsCheckedInNoTime() {
    List<Acl> acl = new ArrayList<>();
    for (int i = 0; i < 80_000; i++) {
      acl.add(new Acl(i, ANYONE));
    }
    assertThat(access.fixup(acl, List.of())).hasSize(80_000);
  }

  @Test
  void getAclHidesDigestsFromAllButAdmins() {
    AclList acl =
        list(new Acl(31, ALICE), new Acl(1, ANYONE), new Acl(1, new Id("digest", "nocolon")));
    assertThat(access.shown(acl, List.of(ALICE))).isEqualTo(acl.entries());
    assertThat(access.shown(acl, List.of(HERE)))
        .containsExactly(
            new Acl(31, new Id("digest", "alice:x")),
            new Acl(1, ANYONE),
            new Acl(1, new Id("digest", "nocolon:x")));
  }

  @ParameterizedTest
  @CsvSource({
    "10.1.2.3, 10.1.2.3, true",
    "10.1.2.3, 10.1.2.4, false",
    "10.1.2.3/8, 10.200.0.1, true",
    "10.1.2.3/8, 11.1.2.3, false",
    "10.1.2.3/31, 10.1.2.2, true",
    "10.1.2.3/31, 10.1.2.1, false",
    "10.1.2.3/0, 1.1.1.1, true",
    "10.1.2.3/32, 10.1.2.3, true",
    "10.1.2.3/0, ::1, false",
    "::1, 0:0:0:0:0:0:0:1, true",
    "::1, 0:0:0:0:0:0:0:1%lo, false",
    "fe80::/10, fe80::1234:5678, true",
    "fe80::/10, febf::1, true",
    "fe80::/10, fec0::1, false",
    "1:2:3:4:5:6:7:8, 1:2:3:4:5:6:7:8, true",
  })
  void anAddressIsInARangeOrNot(String range, String address, boolean expected) {
    assertThat(IpRange.isValid(range)).isTrue();
    assertThat(IpRange.matches(range, address)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "10.1.2", "10.1.2.3.4", "10.1.2.256", "10.1.2.-1", "10.1.2.3/33", "10.1.2.3/", "10.1.2.3/-1",
    "10.1.2.3/x", "::1/129", ":::1", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "g::1",
    "12345::1", "''", "localhost", "10.1.2.3/8/8",
  })
  void whatIsNoRangeIsRefused(String range) {
    assertThat(IpRange.isValid(range)).isFalse();
    assertThat(IpRange.matches(range, "10.1.2.3")).isFalse();
  }
}
