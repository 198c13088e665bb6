import { Controller, Get, Param, Query, UseInterceptors } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { asOrderId } from '../../kernel/ids.js';
import { CurrentUser } from '../../platform/auth/current-user.js';
import { OwnerQuery } from '../../platform/auth/owner.query.js';
import { ApiProblems } from '../../platform/http/api-problem.js';
import { DatabaseDeadline } from '../../platform/http/database-deadline.js';
import { orderNotFound, OrdersService } from '../../orders/orders.service.js';
import type { Attempt } from '../domain/attempt.js';
import { AttemptStore } from '../persistence/attempt.store.js';

class AttemptView {
  @ApiProperty({ example: 1 }) number!: number;
  @ApiProperty() signature!: string;
  @ApiProperty() blockhash!: string;
  @ApiProperty({ example: 273 }) lastValidBlockHeight!: number;
  @ApiProperty({ example: 'finalized_ok' }) state!: string;
  @ApiProperty({ type: 'integer', nullable: true }) slot!: number | null;
  @ApiProperty({ type: 'object', additionalProperties: true, nullable: true }) error!: unknown;
  @ApiProperty({ type: 'object', additionalProperties: true, nullable: true, description: 'Evidence of an expiry' })
  proof!: unknown;
  @ApiProperty({ type: String, format: 'date-time' }) createdAt!: string;
}

class AttemptsView {
  @ApiProperty({ type: [AttemptView] }) attempts!: AttemptView[];
}

@ApiTags('orders')
@ApiHeader({ name: 'x-user-id', required: false, description: 'Whose order; read only under AUTH_MODE=none' })
@ApiProblems('validation-failed', 'unauthorized', 'forbidden', 'not-found', 'unavailable')
@UseInterceptors(DatabaseDeadline)
@Controller('orders')
export class AttemptsController {
  constructor(
    private readonly orders: OrdersService,
    private readonly attempts: AttemptStore,
  ) {}

  @Get(':orderId/attempts')
  @ApiOperation({ summary: 'The signed transactions of an order, oldest first' })
  @ApiOkResponse({ type: AttemptsView })
  async list(
    @CurrentUser() userId: string,
    @Param('orderId') id: string,
    @Query() _owner: OwnerQuery,
  ): Promise<AttemptsView> {
    const orderId = asOrderId(id);
    if (orderId === null) throw orderNotFound();
    await this.orders.get(userId, orderId);
    return { attempts: (await this.attempts.listOf(orderId)).map(attemptView) };
  }
}

/** Heights and slots stay far below 2^53. */
function attemptView(attempt: Attempt): AttemptView {
  return {
    number: attempt.number,
    signature: attempt.signature,
    blockhash: attempt.blockhash,
    lastValidBlockHeight: Number(attempt.lastValidBlockHeight),
    state: attempt.state,
    slot: attempt.landedSlot === null ? null : Number(attempt.landedSlot),
    error: attempt.chainError,
    proof: attempt.proof,
    createdAt: attempt.createdAt.toISOString(),
  };
}
