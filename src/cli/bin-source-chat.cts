#!/usr/bin/env node
require('./launch.cjs')('source-chat', () => import('./source-chat.js'));
