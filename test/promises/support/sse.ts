/** One message of a stream. */
export interface Message {
  id: string
  event: string
  data: unknown
}

export interface Stream {
  status: number
  messages: Message[]
  /** Resolves once the server has ended the stream, or it was closed here. */
  ended: Promise<void>
  close(): void
}

function parse(block: string): Message | null {
  const fields = new Map(block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]))
  const [id, event, data] = [fields.get('id'), fields.get('event'), fields.get('data')]
  return id !== undefined && event !== undefined && data !== undefined ? { id, event, data: JSON.parse(data) as unknown } : null
}

/** Opens a stream of server-sent events and keeps what comes. */
export async function openStream(url: string, headers: Record<string, string>): Promise<Stream> {
  const closing = new AbortController()
  const response = await fetch(url, { headers, signal: closing.signal })
  const messages: Message[] = []
  const read = async () => {
    let text = ''
    const decoder = new TextDecoder()
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk as Uint8Array, { stream: true })
      const blocks = text.split('\n\n')
      text = blocks.pop() ?? ''
      messages.push(...blocks.flatMap((block) => parse(block) ?? []))
    }
  }
  const ended = read().catch((error: unknown) => {
    if (!closing.signal.aborted) throw error
  })
  return { status: response.status, messages, ended, close: () => closing.abort() }
}
