const TIME = '2024-03-01T09:30:05.000Z';
const SURVEY = [
  { id: '1', type: 'name', label: 'Name', answer: 'Anna' },
  {
    id: '2',
    type: 'checkbox',
    label: 'Topics',
    answers: [
      { label: 'Sale', chosen: true },
      { label: 'B', chosen: false },
    ],
  },
];
const V2_CHAT = {
  id: 'PQ1',
  started_timestamp: 1709285405,
  ended_timestamp: 1709286069,
  url: 'https://shop.example/',
  agents: [{ login: 'ivan@shop.example', name: 'Ivan' }],
  groups: [1],
  tags: ['sale'],
  messages: [
    { text: 'Hello', timestamp: 1709285410, user_type: 'agent', author_name: 'Ivan', agent_id: 'ivan@shop.example' },
  ],
  events: [{ type: 'message', text: 'Hello', timestamp: 1709285410, user_type: 'visitor' }],
};
const V2_TICKET = {
  id: 'T1',
  status: 'open',
  subject: 'A question',
  date: TIME,
  modified: TIME,
  requester: { mail: 'a@b.example', name: 'A' },
  assignee: { id: 'x', name: 'y' },
  groups: [{ id: 1, name: 'G' }],
  source: { type: 'mail', url: '', id: '' },
  tags: ['a'],
  events: [
    { type: 'message', date: TIME, message: 'Hi', author: { id: 'x', name: 'y', type: 'client' }, is_private: false },
  ],
};
const V3_CHAT = {
  id: 'C3',
  access: { group_ids: [0] },
  users: [
    {
      id: 'c',
      type: 'customer',
      name: 'Anna',
      email: 'a@b.example',
      visit: {
        last_pages: [
          { opened_at: TIME, url: 'https://a.example/' },
          { opened_at: TIME, url: 'https://b.example/' },
        ],
      },
    },
    { id: 'ivan@shop.example', type: 'agent', name: 'Ivan' },
  ],
  thread: {
    id: 'T3',
    created_at: TIME,
    tags: ['x'],
    properties: { routing: { start_url: 'https://a.example/' } },
    events: [
      { id: 'e1', type: 'message', text: 'Hi', author_id: 'c', created_at: TIME },
      {
        id: 'e2',
        type: 'filled_form',
        form_type: 'prechat',
        fields: [
          { id: '1', type: 'name', label: 'Name', answer: 'Anna' },
          { id: '2', type: 'checkbox', label: 'T', answers: [{ id: '0', label: 'Sale' }] },
        ],
      },
    ],
  },
};
const HELPDESK_TICKET = {
  ID: 'HD1',
  shortID: 'HD',
  createdAt: TIME,
  updatedAt: TIME,
  status: 'open',
  priority: 0,
  subject: 'Q',
  teamIDs: ['t'],
  tagIDs: ['a'],
  requester: { email: 'a@b.example', name: 'A' },
  assignment: { team: { ID: 't', name: 'T' }, agent: { ID: 'a', name: 'N' } },
  events: [
    {
      ID: 'e',
      type: 'message',
      date: TIME,
      author: { type: 'client', name: 'A', email: 'a@b.example' },
      message: { text: 'Hi', isPrivate: false, attachments: [{ url: 'https://f.example/x?token=1', name: 'x' }] },
    },
  ],
};

/** The forms of the events of both vendors, each with all that is looked at in it: to be changed by who uses them. */
export const FORMS: readonly object[] = [
  {
    event_type: 'chat_started',
    event_unique_id: 'u1',
    license_id: '1',
    chat: V2_CHAT,
    visitor: { id: 'v', name: 'A' },
    pre_chat_survey: SURVEY,
  },
  { event_type: 'chat_ended', license_id: 1, chat: V2_CHAT, visitor: { id: 'v', city: 'X' }, pre_chat_survey: [] },
  { event_type: 'ticket_created', license_id: 1, ticket: V2_TICKET },
  {
    webhook_id: 'w',
    action: 'incoming_chat',
    organization_id: 'o',
    license_id: 1,
    payload: { chat: V3_CHAT },
    additional_data: {},
  },
  {
    webhook_id: 'w',
    action: 'chat_deactivated',
    organization_id: 'o',
    payload: { chat_id: 'C3', thread_id: 'T3', user_id: 'u' },
  },
  { eventType: 'tickets.create', createdAt: TIME, payload: HELPDESK_TICKET },
  {
    eventType: 'tickets.events.message',
    createdAt: TIME,
    payload: { ticket: HELPDESK_TICKET, event: { type: 'message' } },
  },
  {
    conversation: { id: 'K1', creationTime: 1709285405000, closedTime: 1709286069000, customInfo: { order: '98765' } },
    discourser: { id: 'v-1', info: { name: 'Anna', phone: '+79990000000' } },
    employee: [{ id: '501', firstName: 'Ivan' }],
  },
  {
    Conversation: { conversationId: 'K1', customInfo: [{ name: 'order', value: 1 }] },
    employees: [{ id: '501', email: 'i@shop.example' }],
    timestamp: 1709286069,
  },
  {
    type: 'Closed',
    conversation: { id: 'K1', closedAt: TIME, rating: { type: 'stars', value: 5 } },
    employee: { employee_id: 501 },
  },
  { event: 'rated', conversationId: 'K1', vote: 5 },
];
