#!/usr/bin/env bash
# Draws docs/images/architecture.svg from the POMs; a test compares the two.
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit
mvn -q -pl oracle -am test -Dtest=ArchitecturePictureTest -Dsurefire.failIfNoSpecifiedTests=false -Dpaddock.draw=true
