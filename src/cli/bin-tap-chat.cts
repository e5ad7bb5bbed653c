#!/usr/bin/env node
require('./launch.cjs')('tap-chat', () => import('./tap-chat.js'));
