#!/bin/sh
# expects: SC3037
echo -e "first\nsecond"
