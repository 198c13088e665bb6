import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiParam, ApiProperty, ApiTags } from '@nestjs/swagger';
import { asOrderId } from '../../kernel/ids.js';
import { CurrentUser } from '../../platform/auth/current-user.js';
import { OwnerQuery } from '../../platform/auth/owner.query.js';
import { ApiProblems } from '../../platform/http/api-problem.js';
import { DatabaseDeadline } from '../../platform/http/database-deadline.js';
import { orderNotFound, OrdersService } from '../../orders/orders.service.js';
import { type Attempt, ATTEMPT_STATES } from '../domain/attempt.js';
import { AttemptStore } from '../persistence/attempt.store.js';

class AttemptView {
  @ApiProperty({ type: 'integer', example: 1 }) number!: number;
  @ApiProperty({ example: '5VERv8NMvzbJMEkV8xnrLkEaWRtSz9CosKDYjCJjBRnbJLgp8uirBgmQpjKhoR4tjF3ZpRzrFmBV6UjKdiSZkQUW' })
  signature!: string;
  @ApiProperty({ example: 'EkSnNWid2cvwEVnVx9aBqawnmiCNiDgp3gUdkDPTKN1N' }) blockhash!: string;
  @ApiProperty({ type: 'integer', example: 273 }) lastValidBlockHeight!: number;
  @ApiProperty({ enum: ATTEMPT_STATES, example: 'finalized_ok' }) state!: string;
  @ApiProperty({ type: 'integer', nullable: true, example: 123 }) slot!: number | null;
  @ApiProperty({ type: 'object', additionalProperties: true, nullable: true, example: null })
  error!: unknown;
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    nullable: true,
    description: 'Evidence of an expiry',
    example: null,
  })
  proof!: unknown;
  @ApiProperty({ type: String, format: 'date-time', example: '2026-11-22T10:00:00.000Z' }) createdAt!: string;
}

class AttemptsView {
  @ApiProperty({ type: [AttemptView] }) attempts!: AttemptView[];
}

@ApiTags('orders')
@ApiHeader({ name: 'x-user-id', required: false, description: 'Whose order; read only under AUTH_MODE=none' })
@ApiProblems('not-found')
@Controller('orders')
export class AttemptsController {
  constructor(
    private readonly orders: OrdersService,
    private readonly attempts: AttemptStore,
  ) {}

  @Get(':orderId/attempts')
  @ApiOperation({
    operationId: 'listOrderAttempts',
    summary: 'The signed transactions of an order, oldest first',
    description: 'At most one of them lands. An expired one shows the readings that prove it.',
  })
  @ApiParam({ name: 'orderId', schema: { type: 'string', format: 'uuid' } })
  @ApiOkResponse({ type: AttemptsView })
  @DatabaseDeadline()
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
