import { Body, Controller, Delete, Get, Headers, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
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
import { AcceptanceView, ORDER_ID, OrderEventsView, OrderListView, OrderView } from './order.schema.js';
import { decodeCursor, encodeCursor } from './order-cursor.js';
import { bodyHash, toTerms } from './order-terms.js';
import { orderView } from './order-view.js';
import { PlaceOrderDto } from './place-order.dto.js';

const ID = { name: 'orderId', schema: { type: 'string' as const, format: 'uuid' }, example: ORDER_ID };

@ApiTags('orders')
@ApiHeader({ name: 'x-user-id', required: false, description: 'Whose orders; read only under AUTH_MODE=none' })
@Controller('orders')
export class OrdersController {
  constructor(
    private readonly orders: OrdersService,
    private readonly config: Config,
  ) {}

  @Post('execute')
  @HttpCode(201)
  @ApiOperation({
    operationId: 'placeOrder',
    summary: 'Place a market order',
    description: 'The order is durable when the answer leaves.',
  })
  @ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description: 'A repeat with the same body returns the first answer, for ever',
  })
  @ApiCreatedResponse({
    type: AcceptanceView,
    headers: {
      location: {
        description: 'The order',
        required: true,
        schema: { type: 'string' },
        example: `/orders/${ORDER_ID}`,
      },
      'idempotency-replayed': {
        description: 'On a repeat',
        schema: { type: 'string', enum: ['true'] },
        example: 'true',
      },
    },
  })
  @ApiProblems(
    'duplicate-client-order-id',
    'idempotency-in-flight',
    'idempotency-key-reused',
    'unsupported-token',
    'policy-denied',
    'trading-halted',
  )
  @DatabaseDeadline()
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
  @ApiOperation({
    operationId: 'listOrders',
    summary: 'List orders, newest first',
    description: 'In pages: give the `nextCursor` of one as the `cursor` of the next.',
  })
  @ApiOkResponse({ type: OrderListView })
  @ApiProblems('unsupported-token')
  @DatabaseDeadline()
  async list(@CurrentUser() userId: string, @Query() query: ListOrdersQuery): Promise<OrderListView> {
    const limit = query.limit === undefined ? DEFAULT_LIMIT : Number(query.limit);
    const after = query.cursor === undefined ? null : decodeCursor(query.cursor);
    // One more than asked for tells whether there is a next page.
    const found = await this.orders.list({ userId, filter: this.filterOf(query), limit: limit + 1, after });
    const page = found.slice(0, limit);
    const quotes = await this.orders.quotesOf(page);
    const last = found.length > limit ? page.at(-1) : undefined;
    return {
      orders: page.map((order) => orderView(order, quotes.get(order.orderId) ?? [])),
      nextCursor: last === undefined ? null : encodeCursor(last),
    };
  }

  @Get(':orderId')
  @ApiOperation({
    operationId: 'getOrder',
    summary: 'Read an order',
    description: "Another user's order is answered like one that does not exist.",
  })
  @ApiParam(ID)
  @ApiOkResponse({ type: OrderView })
  @ApiProblems('not-found')
  @DatabaseDeadline()
  async get(
    @CurrentUser() userId: string,
    @Param('orderId') id: string,
    @Query() _owner: OwnerQuery,
  ): Promise<OrderView> {
    const order = await this.orders.get(userId, orderIdOf(id));
    const quotes = await this.orders.quotesOf([order]);
    return orderView(order, quotes.get(order.orderId) ?? []);
  }

  @Get(':orderId/events')
  @ApiOperation({
    operationId: 'listOrderEvents',
    summary: 'Everything that happened to an order, oldest first',
    description: 'Each event as the WebSocket sends it, and the hash chain over them.',
  })
  @ApiParam(ID)
  @ApiOkResponse({ type: OrderEventsView })
  @ApiProblems('not-found')
  @DatabaseDeadline()
  async events(
    @CurrentUser() userId: string,
    @Param('orderId') id: string,
    @Query() _owner: OwnerQuery,
  ): Promise<{ events: OrderEventFrame[]; hashes: string[] }> {
    const events = await this.orders.events(userId, orderIdOf(id));
    return { events: events.map(toFrame), hashes: events.map(({ hash }) => hash) };
  }

  @Delete(':orderId')
  @ApiOperation({
    operationId: 'cancelOrder',
    summary: 'Cancel an order that is still pending',
    description: 'Nothing of it was signed then, and nothing will be.',
  })
  @ApiParam(ID)
  @ApiOkResponse({ type: OrderView })
  @ApiProblems('not-found', 'order-not-cancellable')
  @DatabaseDeadline()
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
