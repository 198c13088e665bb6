import {
  Body,
  Controller,
  Delete,
  Get,
  Headers,
  HttpCode,
  Param,
  Post,
  Query,
  Res,
  UseInterceptors,
} from '@nestjs/common';
import { ApiCreatedResponse, ApiHeader, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { asOrderId, type OrderId } from '../../kernel/ids.js';
import { CurrentUser } from '../../platform/auth/current-user.js';
import { OwnerQuery } from '../../platform/auth/owner.query.js';
import { Config } from '../../platform/config/config.js';
import { ApiProblems } from '../../platform/http/api-problem.js';
import { DatabaseDeadline } from '../../platform/http/database-deadline.js';
import { listedToken } from '../../platform/http/validation/traded-pair.js';
import { type OrderEventFrame, toFrame } from '../domain/order-events.js';
import { ACCEPTED_MESSAGE, orderNotFound, OrdersService } from '../orders.service.js';
import type { OrderFilter } from '../persistence/order-list.js';
import { idempotencyKeyOf } from './idempotency-key.js';
import { DEFAULT_LIMIT, ListOrdersQuery } from './list-orders.query.js';
import { AcceptanceView, OrderEventsView, OrderListView, OrderView } from './order.schema.js';
import { decodeCursor, encodeCursor } from './order-cursor.js';
import { bodyHash, toTerms } from './order-terms.js';
import { orderView } from './order-view.js';
import { PlaceOrderDto } from './place-order.dto.js';

const ID = { name: 'orderId', schema: { type: 'string' as const, format: 'uuid' } };

@ApiTags('orders')
@ApiHeader({ name: 'x-user-id', required: false, description: 'Whose orders; read only under AUTH_MODE=none' })
@ApiProblems(
  'validation-failed',
  'credential-in-url',
  'unauthorized',
  'forbidden',
  'rate-limited',
  'internal',
  'unavailable',
)
@UseInterceptors(DatabaseDeadline)
@Controller('orders')
export class OrdersController {
  constructor(
    private readonly orders: OrdersService,
    private readonly config: Config,
  ) {}

  @Post('execute')
  @HttpCode(201)
  @ApiOperation({ summary: 'Place a market order', description: 'The order is durable when the answer leaves.' })
  @ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description: 'A repeat with the same body returns the first answer, for ever',
  })
  @ApiCreatedResponse({
    type: AcceptanceView,
    headers: {
      location: { description: 'The order', schema: { type: 'string' } },
      'idempotency-replayed': { description: '`true` on a repeat', schema: { type: 'string' } },
    },
  })
  @ApiProblems(
    'duplicate-client-order-id',
    'idempotency-in-flight',
    'payload-too-large',
    'unsupported-media-type',
    'idempotency-key-reused',
    'unsupported-token',
    'policy-denied',
    'unavailable',
    'trading-halted',
  )
  async place(
    @CurrentUser() userId: string,
    @Body() body: PlaceOrderDto,
    @Headers('idempotency-key') keyHeader: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AcceptanceView> {
    const key = idempotencyKeyOf(keyHeader);
    const terms = toTerms(body, userId, this.config);
    const { orderId, acceptedAt, replayed } = await this.orders.place(
      terms,
      key === null ? null : { key, bodyHash: bodyHash(body, terms) },
    );
    void reply.header('location', `/orders/${orderId}`);
    if (replayed) void reply.header('idempotency-replayed', 'true');
    return { orderId, status: 'pending', message: ACCEPTED_MESSAGE, timestamp: acceptedAt.toISOString() };
  }

  @Get()
  @ApiOperation({ summary: 'List orders, newest first' })
  @ApiOkResponse({ type: OrderListView })
  @ApiProblems('unsupported-token')
  async list(@CurrentUser() userId: string, @Query() query: ListOrdersQuery): Promise<OrderListView> {
    const limit = query.limit === undefined ? DEFAULT_LIMIT : Number(query.limit);
    const after = query.cursor === undefined ? null : decodeCursor(query.cursor);
    // One more than asked for tells whether there is a next page.
    const found = await this.orders.list({ userId, filter: this.filterOf(query), limit: limit + 1, after });
    const page = found.slice(0, limit);
    const quotes = await this.orders.quotesOfMany(page.map(({ orderId }) => orderId));
    const last = found.length > limit ? page.at(-1) : undefined;
    return {
      orders: page.map((order) => orderView(order, quotes.get(order.orderId) ?? [])),
      nextCursor: last === undefined ? null : encodeCursor(last),
    };
  }

  @Get(':orderId')
  @ApiOperation({ summary: 'Read an order' })
  @ApiParam(ID)
  @ApiOkResponse({ type: OrderView })
  @ApiProblems('not-found')
  async get(
    @CurrentUser() userId: string,
    @Param('orderId') id: string,
    @Query() _owner: OwnerQuery,
  ): Promise<OrderView> {
    const order = await this.orders.get(userId, orderIdOf(id));
    return orderView(order, await this.orders.quotesOf(order.orderId));
  }

  @Get(':orderId/events')
  @ApiOperation({
    summary: 'Everything that happened to an order, oldest first, as the WebSocket sends it, and its hash chain',
  })
  @ApiParam(ID)
  @ApiOkResponse({ type: OrderEventsView })
  @ApiProblems('not-found')
  async events(
    @CurrentUser() userId: string,
    @Param('orderId') id: string,
    @Query() _owner: OwnerQuery,
  ): Promise<{ events: OrderEventFrame[]; hashes: string[] }> {
    const events = await this.orders.events(userId, orderIdOf(id));
    return { events: events.map(toFrame), hashes: events.map(({ hash }) => hash) };
  }

  @Delete(':orderId')
  @ApiOperation({ summary: 'Cancel an order that is still pending' })
  @ApiParam(ID)
  @ApiOkResponse({ type: OrderView })
  @ApiProblems('not-found', 'order-not-cancellable')
  async cancel(
    @CurrentUser() userId: string,
    @Param('orderId') id: string,
    @Query() _owner: OwnerQuery,
  ): Promise<OrderView> {
    return orderView(await this.orders.cancel(userId, orderIdOf(id)), []);
  }

  private filterOf({ status, side, baseToken, quoteToken }: ListOrdersQuery): OrderFilter {
    const mintOf = (field: string, name: string | undefined) =>
      name === undefined ? undefined : listedToken(this.config.tokens, field, name).mint;
    return { status, side, baseMint: mintOf('baseToken', baseToken), quoteMint: mintOf('quoteToken', quoteToken) };
  }
}

function orderIdOf(text: string): OrderId {
  const orderId = asOrderId(text);
  if (orderId === null) throw orderNotFound();
  return orderId;
}
