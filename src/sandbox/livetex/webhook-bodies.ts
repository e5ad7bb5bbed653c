import type { ConversationNews } from './conversation-news.ts';

type Body = Readonly<Record<string, unknown>>;

/** The body of LiveTex's webhook (livetex-api §5), in the shape that the news asks for. */
export function livetexBody(news: ConversationNews): Body {
  const extra = news.isSurprising ? { channel: 'vk' } : {};
  switch (news.shape) {
    case 'plain':
      return { ...plain(news), ...extra };
    case 'capitals':
      return { ...withCapitals(news), ...extra };
    case 'typed': {
      const type = news.kind.charAt(0).toUpperCase() + news.kind.slice(1);
      return { type, timestamp: news.at, ...plain(news), ...extra };
    }
  }
}

/** A body that nobody could foresee; each number makes another one. */
export function unforeseenLivetexBody(number: number): Body {
  return { somethingNew: { number, about: 'Новое событие «без описания» 🙂' } };
}

function plain({ conversationId, createdAt, closedAt, customInfo, discourser, employees, rating }: ConversationNews) {
  return {
    conversation: {
      id: conversationId,
      ...given('creationTime', createdAt),
      ...given('closedTime', closedAt),
      ...given('customInfo', customInfo),
    },
    ...(discourser === null ? {} : { discourser: { id: discourser.id, ...given('info', discourser.info) } }),
    ...(employees.length === 0 ? {} : { employee: employees.map((who) => ({ ...who, id: String(who.id) })) }),
    ...given('rating', rating),
  };
}

function withCapitals(news: ConversationNews): Body {
  const { conversationId, createdAt, closedAt, customInfo, discourser, employees, rating, isInSeconds } = news;
  if (rating !== null) return { conversationId, rating: { type: rating.type, value: Number(rating.value) } };
  const time = (instant: number | null) => {
    if (instant === null) return null;
    return isInSeconds ? instant / 1000 : new Date(instant).toISOString();
  };
  const [operator] = employees;
  return {
    Conversation: {
      conversationId,
      ...given('createdAt', time(createdAt)),
      ...given('closedAt', time(closedAt)),
      ...given('customInfo', customInfo),
    },
    ...(discourser === null ? {} : { Discourser: { ...discourser.info, id: discourser.id } }),
    ...(operator === undefined ? {} : { Employee: operator }),
  };
}

/** A property, where there is something to say. */
function given(name: string, value: unknown): Body {
  return value === null ? {} : { [name]: value };
}
